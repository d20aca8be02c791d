import { z } from "zod"
import { constraint } from "../schema/constraint.ts"
import { cursorDescription, nextCursorSchema, pageQuerySchema } from "../schema/page.ts"
import { itemExample, itemPatchExample, offerExample } from "./catalogue-examples.ts"
import { itemSchema } from "./item.ts"
import { itemPatchSchema } from "./item-patch.ts"
import { sentSchema } from "./null-is-absent.ts"
import { offerConstraint, offerSchema } from "./offer.ts"

const id = z.string().min(1).max(200)

/** At most this many at once. */
const maxUpserted = 1000
const maxPatched = 10_000

/** Ids are stored in Unicode's composed form. */
export const documentParametersSchema = z.strictObject({ id: z.string().normalize("NFC").min(1).max(200) })

export const listQuerySchema = pageQuerySchema().extend({
  cursor: id.optional().meta({ description: cursorDescription }),
})

const pointers = z.array(z.string())

/** Fields of a document's result beside its status. */
const resultFields = {
  errors: z
    .array(z.object({ pointer: z.string(), message: z.string() }))
    .optional()
    .meta({ description: "Faults; `pointer` is a JSON pointer into the body." }),
  warnings: z
    .array(z.string())
    .optional()
    .meta({ description: "Doubts about a document that was written nevertheless." }),
  erased: pointers.optional().meta({
    description: "Fields of the stored item that the sent one left out and so erased, as JSON pointers into it.",
  }),
  kept: pointers.optional().meta({
    description: "Fields that were not written, because a later statement of them is stored, as JSON pointers into it.",
  }),
}

const resultId = z.string().nullable().meta({ description: "`null` if none was given." })

const upsertResultSchema = z.object({
  id: resultId,
  status: z.enum(["upserted", "superseded", "rejected"]).meta({
    description:
      "`superseded`: the stored version is newer by `updatedAt`, or it was deleted since; nothing was written.",
  }),
  ...resultFields,
})

export const upsertAnswerSchema = z
  .object({
    upserted: z.number().int().meta({ description: "Number of documents written." }),
    results: z.array(upsertResultSchema).meta({ description: "One result per document sent, in that order." }),
  })
  .meta({ id: "UpsertAnswer", example: { upserted: 1, results: [{ id: itemExample.id, status: "upserted" }] } })
export type UpsertResult = z.infer<typeof upsertResultSchema>
export type UpsertAnswer = z.infer<typeof upsertAnswerSchema>

const { erased: _erased, ...patchResultFields } = resultFields

const patchResultSchema = z.object({
  id: resultId,
  status: z.enum(["patched", "superseded", "rejected"]).meta({
    description:
      "`superseded`: of each field a later statement is stored, or the item was deleted since; nothing was written.",
  }),
  ...patchResultFields,
})

export const patchAnswerSchema = z
  .object({
    patched: z.number().int().meta({ description: "Number of patches of which something was written." }),
    results: z.array(patchResultSchema).meta({ description: "One result per patch sent, in that order." }),
  })
  .meta({ id: "PatchAnswer", example: { patched: 1, results: [{ id: itemExample.id, status: "patched" }] } })
export type PatchAnswer = z.infer<typeof patchAnswerSchema>

/** Documents that are judged one by one; the document shows their shape. */
const documentsOf = (id: string, most: number) =>
  z
    .array(z.unknown().meta({ type: "object", allOf: [{ $ref: `#/components/schemas/${id}` }] }))
    .min(1)
    .max(most)

/** Schemas of items, patches and offers as they are sent, by their names in the API's document. */
export const sentSchemas = {
  SentItem: sentSchema("SentItem", itemSchema),
  ItemPatch: itemPatchSchema,
  SentOffer: sentSchema("SentOffer", offerSchema).meta({ id: "SentOffer", ...constraint(offerConstraint) }),
}

export const deleteAnswerSchema = z
  .object({ deleted: z.literal(true) })
  .meta({ id: "DeleteAnswer", example: { deleted: true } })

export const upsertItemsSchema = z
  .strictObject({ items: documentsOf("SentItem", maxUpserted) })
  .meta({ id: "UpsertItems", example: { items: [itemExample] } })

export const patchItemsSchema = z
  .strictObject({ items: documentsOf("ItemPatch", maxPatched) })
  .meta({ id: "PatchItems", example: { items: [itemPatchExample] } })

export const itemListSchema = z
  .object({ items: z.array(itemSchema), nextCursor: nextCursorSchema })
  .meta({ id: "ItemList", example: { items: [itemExample], nextCursor: itemExample.id } })

export const upsertOffersSchema = z
  .strictObject({ offers: documentsOf("SentOffer", maxUpserted) })
  .meta({ id: "UpsertOffers", example: { offers: [offerExample] } })

export const offerListSchema = z
  .object({ offers: z.array(offerSchema), nextCursor: nextCursorSchema })
  .meta({ id: "OfferList", example: { offers: [offerExample], nextCursor: null } })

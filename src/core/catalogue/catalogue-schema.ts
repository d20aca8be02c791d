import { z } from "zod"
import { constraint } from "../schema/constraint.ts"
import { cursorDescription, nextCursorSchema, pageQuerySchema } from "../schema/page.ts"
import { itemExample, offerExample } from "./catalogue-examples.ts"
import { itemSchema } from "./item.ts"
import { sentSchema } from "./null-is-absent.ts"
import { offerConstraint, offerSchema } from "./offer.ts"

const id = z.string().min(1).max(200)

/** At most this many at once. */
const maxUpserted = 1000

/** Ids are stored in Unicode's composed form. */
export const documentParametersSchema = z.strictObject({ id: z.string().normalize("NFC").min(1).max(200) })

export const listQuerySchema = pageQuerySchema().extend({
  cursor: id.optional().meta({ description: cursorDescription }),
})

const upsertResultSchema = z.object({
  id: z.string().nullable().meta({ description: "`null` if none was given." }),
  status: z.enum(["upserted", "superseded", "rejected"]).meta({
    description:
      "`superseded`: the stored version is newer by `updatedAt`, or it was deleted since; nothing was written.",
  }),
  errors: z
    .array(z.object({ pointer: z.string(), message: z.string() }))
    .optional()
    .meta({ description: "Faults; `pointer` is a JSON pointer into the body." }),
  warnings: z
    .array(z.string())
    .optional()
    .meta({ description: "Doubts about a document that was written nevertheless." }),
})

export const upsertAnswerSchema = z
  .object({
    upserted: z.number().int().meta({ description: "Number of documents written." }),
    results: z.array(upsertResultSchema).meta({ description: "One result per document sent, in that order." }),
  })
  .meta({ id: "UpsertAnswer", example: { upserted: 1, results: [{ id: itemExample.id, status: "upserted" }] } })
export type UpsertResult = z.infer<typeof upsertResultSchema>
export type UpsertAnswer = z.infer<typeof upsertAnswerSchema>

/** Documents that are judged one by one; the document shows their shape. */
const documentsOf = (id: string) =>
  z
    .array(z.unknown().meta({ type: "object", allOf: [{ $ref: `#/components/schemas/${id}` }] }))
    .min(1)
    .max(maxUpserted)

/** Schemas of items and offers as they are sent, by their names in the API's document. */
export const sentSchemas = {
  SentItem: sentSchema("SentItem", itemSchema),
  SentOffer: sentSchema("SentOffer", offerSchema).meta({ id: "SentOffer", ...constraint(offerConstraint) }),
}

export const deleteAnswerSchema = z
  .object({ deleted: z.literal(true) })
  .meta({ id: "DeleteAnswer", example: { deleted: true } })

export const upsertItemsSchema = z
  .strictObject({ items: documentsOf("SentItem") })
  .meta({ id: "UpsertItems", example: { items: [itemExample] } })

export const itemListSchema = z
  .object({ items: z.array(itemSchema), nextCursor: nextCursorSchema })
  .meta({ id: "ItemList", example: { items: [itemExample], nextCursor: itemExample.id } })

export const upsertOffersSchema = z
  .strictObject({ offers: documentsOf("SentOffer") })
  .meta({ id: "UpsertOffers", example: { offers: [offerExample] } })

export const offerListSchema = z
  .object({ offers: z.array(offerSchema), nextCursor: nextCursorSchema })
  .meta({ id: "OfferList", example: { offers: [offerExample], nextCursor: null } })

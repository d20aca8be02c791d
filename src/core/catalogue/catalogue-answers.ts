import { z } from "zod"
import { itemSchema } from "./item.ts"
import { offerSchema } from "./offer.ts"

const id = z.string().min(1).max(200)

/** At most this many at once. */
export const maxUpserted = 1000

export const documentParametersSchema = z.strictObject({ id })

export const listQuerySchema = z.strictObject({
  cursor: id.optional().meta({ description: "The `nextCursor` of the page before." }),
  limit: z.coerce.number().int().min(1).max(1000).default(100),
})

export const upsertAnswerSchema = z.object({ upserted: z.number().int() }).meta({ id: "UpsertAnswer" })
export const deleteAnswerSchema = z.object({ deleted: z.literal(true) }).meta({ id: "DeleteAnswer" })

export const upsertItemsSchema = z
  .strictObject({ items: z.array(itemSchema).min(1).max(maxUpserted) })
  .meta({ id: "UpsertItems", example: { items: [{ id: "sku-1", title: "Day cream", price: 19.9, currency: "EUR" }] } })

export const itemListSchema = z
  .object({ items: z.array(itemSchema), nextCursor: z.string().nullable() })
  .meta({ id: "ItemList" })

export const upsertOffersSchema = z
  .strictObject({ offers: z.array(offerSchema).min(1).max(maxUpserted) })
  .meta({ id: "UpsertOffers", example: { offers: [{ id: "spring", kind: "promotion", title: "10 % off", value: 8 }] } })

export const offerListSchema = z
  .object({ offers: z.array(offerSchema), nextCursor: z.string().nullable() })
  .meta({ id: "OfferList" })

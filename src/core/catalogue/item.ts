import { z } from "zod"
import { boundedRecord, plainNumber } from "../schema/bounded-record.ts"
import { itemIdSchema } from "../schema/item-id.ts"
import { amountSchema, moneySchema } from "../schema/money.ts"
import { itemExample } from "./catalogue-examples.ts"
import { statedAtSchema } from "./stated-at.ts"

export const attributeNameSchema = z.string().max(100)
export const attributeValueSchema = z.union([
  z.string().max(500),
  plainNumber,
  z.boolean(),
  z.array(z.string().max(200)).max(50),
])

/** An item has at most so many attributes. */
export const maxAttributes = 100

/** A catalogue product. `stock` absent means not counted; money is a decimal in `currency`. */
export const itemSchema = z
  .strictObject({
    id: itemIdSchema,
    title: z.string().min(1).max(500),
    price: amountSchema.optional(),
    currency: z.string().length(3).optional(),
    margin: moneySchema.optional().meta({ description: "Contribution margin of one unit, in the item's currency." }),
    stock: z.number().int().min(0).max(1e9).optional(),
    validFrom: z.iso.datetime({ offset: true }).optional(),
    validTo: z.iso.datetime({ offset: true }).optional(),
    url: z.string().max(2000).optional(),
    image: z.string().max(2000).optional(),
    brand: z.string().max(200).optional(),
    category: z.array(z.string().min(1).max(200)).max(20).optional(),
    attributes: boundedRecord(attributeNameSchema, attributeValueSchema, maxAttributes).optional(),
    updatedAt: statedAtSchema(
      "Time when your system changed it; default: the time of arrival. An item older than the stored one, or than its deletion, is not written; a field that was patched later keeps its value.",
    ),
  })
  .meta({ id: "Item", example: itemExample })

export type Item = z.infer<typeof itemSchema>

/** True if an item may be shown at `nowMs`: inside its validity and, where stock is counted, in stock. */
export function isAvailable(item: Item, nowMs: number): boolean {
  if (item.stock !== undefined && item.stock <= 0) return false
  if (item.validFrom !== undefined && Date.parse(item.validFrom) > nowMs) return false
  return item.validTo === undefined || Date.parse(item.validTo) > nowMs
}

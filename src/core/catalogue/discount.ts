import { z } from "zod"
import { amountSchema } from "../schema/money.ts"
import type { Item } from "./item.ts"

/** Reduction of the price of the items that an offer shows. */
export const discountSchema = z
  .union([
    z.strictObject({ percent: z.number().gt(0).max(100) }),
    z.strictObject({ amount: amountSchema.refine((amount) => amount > 0, { message: "`amount` must be above 0" }) }),
  ])
  .meta({
    id: "Discount",
    example: { percent: 10 },
    description:
      "A percentage of the price, or an amount in the offer's currency that the price must exceed; an item in another currency keeps its price.",
  })

export type Discount = z.infer<typeof discountSchema>

/**
 * Returns the price of an item after an offer's discount, rounded to its currency's smallest unit; `undefined` where the item has no
 * price, another currency than the amount, or costs no more than the amount.
 */
export function discountedPrice(
  { price, currency }: Pick<Item, "price" | "currency">,
  offer: { discount?: Discount | undefined; currency: string },
): number | undefined {
  const { discount } = offer
  if (discount === undefined || price === undefined) return undefined
  const digits = fractionDigits(currency ?? offer.currency)
  if ("percent" in discount) return Number(((price * (100 - discount.percent)) / 100).toFixed(digits))
  if ((currency ?? offer.currency) !== offer.currency || discount.amount >= price) return undefined
  return Number((price - discount.amount).toFixed(digits))
}

function fractionDigits(currency: string): number {
  try {
    return new Intl.NumberFormat("en", { style: "currency", currency }).resolvedOptions().maximumFractionDigits ?? 2
  } catch {
    return 2
  }
}

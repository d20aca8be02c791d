import type { Consent } from "../customer/consent.ts"
import type { Item } from "./item.ts"

/** Returns the consent limit (price or category) that an item exceeds, or `null`. */
export function beyondTerms(
  { priceCeiling, categories }: Pick<Consent, "priceCeiling" | "categories">,
  item: Pick<Item, "price" | "currency" | "category"> | undefined,
): { rule: "priceCeiling" | "categories"; reason: string } | null {
  if (priceCeiling !== undefined) {
    const within =
      item?.price !== undefined && item.currency === priceCeiling.currency && item.price <= priceCeiling.amount
    if (!within) {
      const reason = `nothing above ${priceCeiling.amount} ${priceCeiling.currency} was agreed to`
      return { rule: "priceCeiling", reason }
    }
  }
  if (categories !== undefined && !item?.category?.some((category) => categories.includes(category))) {
    return { rule: "categories", reason: `only ${categories.join(", ")} was agreed to` }
  }
  return null
}

import type { Item } from "../catalogue/item.ts"
import type { History } from "../history/history.ts"

/** Shares of a customer's interactions with items of the same category or brand. */
export interface AttributeShares {
  /** Returns the largest share among the item's categories. */
  categoryShare(item: Item): number
  brandShare(item: Item): number
}

const weightOf = { view: 0.3, cart: 0.6, purchase: 1 }

/** Counts a history by the categories and brands of its items, purchases more than carts, carts more than views; what the catalogue lacks is left out. */
export function attributeSharesOf(history: History, items: ReadonlyMap<string, Item> | undefined): AttributeShares {
  const categories = new Map<string, number>()
  const brands = new Map<string, number>()
  let total = 0
  for (const [itemId, { views, carts, purchases }] of Object.entries(history.items)) {
    const item = items?.get(itemId)
    if (item === undefined) continue
    const weight = weightOf.view * views + weightOf.cart * carts + weightOf.purchase * purchases
    total += weight
    for (const category of item.category ?? []) categories.set(category, (categories.get(category) ?? 0) + weight)
    if (item.brand !== undefined) brands.set(item.brand, (brands.get(item.brand) ?? 0) + weight)
  }
  const shareOf = (weight: number) => (total === 0 ? 0 : weight / total)
  return {
    categoryShare: ({ category = [] }) =>
      shareOf(category.reduce((most, name) => Math.max(most, categories.get(name) ?? 0), 0)),
    brandShare: ({ brand }) => shareOf(brand === undefined ? 0 : (brands.get(brand) ?? 0)),
  }
}

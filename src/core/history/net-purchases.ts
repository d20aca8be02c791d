import type { History, ItemHistory } from "./history.ts"

/** Returns the purchases of an item less the share of its units that came back. */
export function netPurchases({ purchases, quantity, returns }: ItemHistory): number {
  if (returns <= 0) return purchases
  return purchases * Math.max(0, 1 - returns / Math.max(quantity, 1))
}

/** Returns whether a customer bought an item and kept any of it. */
export const isKept = ({ items }: Pick<History, "items">, itemId: string): boolean =>
  Object.hasOwn(items, itemId) && netPurchases(items[itemId]!) > 0

/** Returns the items that a customer bought and kept any of. */
export const keptItems = ({ items }: Pick<History, "items">): string[] =>
  Object.keys(items).filter((itemId) => netPurchases(items[itemId]!) > 0)

/** Returns whether an item came back and nothing of it is left with the customer: it speaks for nothing, until it is bought again. */
export const isSentBack = (item: ItemHistory): boolean => item.returns > 0 && netPurchases(item) === 0

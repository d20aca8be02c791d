import type { ItemHistory } from "./history.ts"

/** Returns the purchases of an item less the share of its units that came back. */
export function netPurchases({ purchases, quantity, returns }: ItemHistory): number {
  if (returns <= 0) return purchases
  return purchases * Math.max(0, 1 - returns / Math.max(quantity, 1))
}

/** Returns whether an item came back and nothing of it is left with the customer: it speaks for nothing, until it is bought again. */
export const isSentBack = (item: ItemHistory): boolean => item.returns > 0 && netPurchases(item) === 0

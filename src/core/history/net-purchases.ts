import type { ItemHistory } from "./history.ts"

/** Returns the purchases of an item less the share of its units that came back. */
export function netPurchases({ purchases, quantity, returns }: ItemHistory): number {
  if (returns <= 0) return purchases
  return purchases * Math.max(0, 1 - returns / Math.max(quantity, 1))
}

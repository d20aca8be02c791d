import type { Catalogue } from "../catalogue/catalogue.ts"
import { type ItemSpread, isOpenRecommendation } from "../decision/candidate.ts"
import { largestItemShare } from "../policy/item-share.ts"

/** Count of the customers of a campaign by the item that they are given. */
export interface ItemTally {
  /** Returns what the next customer may not be given any more; `undefined` where no item is limited. */
  next(): ItemSpread | undefined
  /** Counts a customer who is given an item, or none. */
  give(itemId: string | undefined): void
  /** Takes back what was counted, since recording refused it. */
  takeBack(itemId: string | undefined): void
}

/**
 * Returns a count that keeps each item within its share of the customers so far, at least one, so that late customers are given the best
 * as often as early ones.
 */
export function createItemTally(maxItemShare: number): ItemTally {
  const counts = new Map<string, number>()
  let full = new Set<string>()
  let customers = 0
  const most = () => Math.max(1, Math.floor(maxItemShare * (customers + 1)))
  const isFull = (itemId: string) => (counts.get(itemId) ?? 0) >= most()
  const add = (itemId: string | undefined, change: 1 | -1) => {
    customers += change
    if (itemId !== undefined) counts.set(itemId, (counts.get(itemId) ?? 0) + change)
  }
  return {
    next: () => (maxItemShare >= 1 ? undefined : { maxItemShare, full }),
    give(itemId) {
      add(itemId, 1)
      const known = itemId === undefined || full.has(itemId) ? full : [...full, itemId]
      full = new Set([...known].filter(isFull))
    },
    takeBack(itemId) {
      add(itemId, -1)
      full = new Set([...counts.keys()].filter(isFull))
    },
  }
}

/** Returns the largest share of a campaign's customers that one item may have, by how many items the placement's offers may name. */
export function campaignItemShare(
  { offers, items }: Pick<Catalogue, "offers" | "items">,
  placement: string,
  requested: number | undefined,
): number {
  const named = new Set<string>()
  for (const offer of offers.values()) {
    if (!(offer.placements?.includes(placement) ?? true)) continue
    if (offer.items !== undefined || isOpenRecommendation(offer)) return largestItemShare(items.size, requested)
    if (offer.itemId !== undefined) named.add(offer.itemId)
  }
  return largestItemShare(named.size, requested)
}

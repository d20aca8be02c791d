import type { History } from "../history/history.ts"

/** The orders that a history still tells apart. */
export interface Orders {
  /** Orders after the one at this time: 0 for the latest. */
  ordersAgoOf: ReadonlyMap<number, number>
  /** All orders, also those no longer told apart. */
  count: number
  /** Items an order. */
  meanSize: number
  /** Items in the latest order. */
  lastSize: number
  /** The share of what was ordered that had been ordered before, shrunk towards a seventh. */
  repeatShare: number
}

const priorShare = 1 / 7
const priorWeight = 3

/** Reads orders off the purchase times of items. */
export function ordersOf({ items, orders, lastOrderAt }: History): Orders {
  const times = new Set<number>()
  let lines = 0
  let bought = 0
  let lastSize = 0
  for (const itemId in items) {
    const { purchases, purchaseTimes } = items[itemId]!
    if (purchases === 0) continue
    lines += purchases
    bought++
    for (const at of purchaseTimes) times.add(at)
    if (purchaseTimes.at(-1) === lastOrderAt) lastSize++
  }
  const latestFirst = [...times].sort((a, b) => b - a)
  return {
    ordersAgoOf: new Map(latestFirst.map((at, back) => [at, back])),
    count: orders,
    meanSize: orders === 0 ? 0 : lines / orders,
    lastSize,
    repeatShare: (lines - bought + priorWeight * priorShare) / (lines + priorWeight),
  }
}

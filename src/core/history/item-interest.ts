import { interactionKind } from "./event-table.ts"

/** Number of events of one name that concerned an item on one day. */
export interface ItemDayCount {
  itemId: string
  name: string
  /** Days since the epoch. */
  day: number
  count: number
}

const weights = { purchase: 1, return: -1, cart: 0.6, view: 0.3 }
const halfLifeDays = 30

/** Returns each item's share of everybody's interest, faded by age before the newest day; items that nobody wants are left out. */
export function itemInterest(counts: readonly ItemDayCount[]): Map<string, number> {
  const newest = counts.reduce((latest, { day }) => Math.max(latest, day), 0)
  const interest = new Map<string, number>()
  for (const { itemId, name, day, count } of counts) {
    const kind = interactionKind(name)
    if (kind === undefined) continue
    const faded = 2 ** ((day - newest) / halfLifeDays)
    interest.set(itemId, (interest.get(itemId) ?? 0) + weights[kind] * count * faded)
  }
  const wanted = [...interest].filter(([, value]) => value > 0)
  const total = wanted.reduce((sum, [, value]) => sum + value, 0)
  return new Map(wanted.map(([itemId, value]) => [itemId, value / total]))
}

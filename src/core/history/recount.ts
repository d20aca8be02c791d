import type { Interaction, ItemHistory } from "./history.ts"
import type { Recount } from "./merge-orders.ts"
import type { OrderCounts } from "./order-counts.ts"

/** Changes that recounted orders make to an item counted in both histories, before its times are cut to their bound. */
interface Correction {
  purchases: number
  quantity: number
  returns: number
  times: readonly number[]
  timesGone: readonly number[]
}

const none: Correction = { purchases: 0, quantity: 0, returns: 0, times: [], timesGone: [] }

/** Corrects items whose orders were counted by two histories; `timesOf` gives all their purchase times, uncut. */
export function recountItems(
  items: Map<string, ItemHistory>,
  recounts: readonly Recount[],
  timesOf: (itemId: string) => readonly number[],
): void {
  for (const { now } of recounts)
    for (const [itemId, lastAt] of Object.entries(now.claimedItems))
      items.set(itemId, touched(items.get(itemId), lastAt))
  for (const [itemId, correction] of correctionsOf(recounts)) {
    const item = items.get(itemId)
    if (item === undefined) continue
    items.set(itemId, {
      ...item,
      purchases: Math.max(0, item.purchases + correction.purchases),
      quantity: Math.max(0, item.quantity + correction.quantity),
      returns: Math.max(0, item.returns + correction.returns),
      purchaseTimes: [...without([...timesOf(itemId)], correction.timesGone, String), ...correction.times],
    })
  }
}

/** The interactions of both histories with those of recounted orders once. */
export const recountInteractions = (
  interactions: readonly Interaction[],
  recounts: readonly Recount[],
): Interaction[] => [
  ...without(
    interactions,
    recounts.flatMap(({ before }) => before.flatMap((counts) => counts.interactions)),
    ({ at, kind, itemId }) => `${at} ${kind} ${itemId}`,
  ),
  ...recounts.flatMap(({ now }) => now.interactions),
]

function correctionsOf(recounts: readonly Recount[]): Map<string, Correction> {
  const corrections = new Map<string, Correction>()
  const add = ({ at, bought, returned }: OrderCounts, sign: 1 | -1) => {
    for (const [itemId, quantity] of Object.entries(bought)) {
      const sum = corrections.get(itemId) ?? none
      const which = sign === 1 ? "times" : "timesGone"
      corrections.set(itemId, {
        ...sum,
        purchases: sum.purchases + sign,
        quantity: sum.quantity + sign * quantity,
        [which]: [...sum[which], at!],
      })
    }
    for (const [itemId, quantity] of Object.entries(returned)) {
      const sum = corrections.get(itemId) ?? none
      corrections.set(itemId, { ...sum, returns: sum.returns + sign * quantity })
    }
  }
  for (const { before, now } of recounts) {
    for (const counts of before) add(counts, -1)
    add(now, 1)
  }
  return corrections
}

function touched(item: ItemHistory | undefined, at: number): ItemHistory {
  if (item !== undefined) return { ...item, lastAt: Math.max(item.lastAt, at) }
  return { views: 0, carts: 0, purchases: 0, quantity: 0, returns: 0, lastAt: at, purchaseTimes: [] }
}

/** The values left when each of `gone` takes one like it away. */
function without<T>(values: readonly T[], gone: readonly T[], keyOf: (value: T) => string): T[] {
  const left = new Map<string, number>()
  for (const value of gone) left.set(keyOf(value), (left.get(keyOf(value)) ?? 0) + 1)
  return values.filter((value) => {
    const count = left.get(keyOf(value)) ?? 0
    if (count > 0) left.set(keyOf(value), count - 1)
    return count === 0
  })
}

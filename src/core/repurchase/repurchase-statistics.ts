import type { ItemIndex } from "../artifact/item-index.ts"
import type { History } from "../history/history.ts"
import { netPurchases } from "../history/net-purchases.ts"
import { dayMs } from "../time/durations.ts"

/** Statistics of an item over all customers at the end of training. A share is of the customers who ordered in that horizon. */
export const statisticColumns = [
  "share",
  "shareBefore",
  "shareEarlier",
  "trend",
  "rebuyRate",
  "longRebuyRate",
  "sinceSold",
  "age",
  "buyers",
  "severalShare",
  "gap",
  "firstRate",
] as const

/** `itemColumns` values a row, a row an item and one more for items never seen. */
export type RepurchaseStatistics = Float32Array

export const statisticOf = (
  statistics: RepurchaseStatistics,
  row: number,
  column: (typeof statisticColumns)[number],
): number => statistics[row * statisticColumns.length + statisticColumns.indexOf(column)]!

/** Prior weights, in average buyers, for smoothing the rates of rare items. */
const prior = { rebuy: 5, gap: 3, first: 20 }

/** Learns when the need of each item returns from what customers bought and kept before `untilMs`. */
export function computeRepurchaseStatistics(
  histories: readonly History[],
  items: ItemIndex,
  horizonMs: number,
  untilMs: number,
): RepurchaseStatistics {
  const sums = Array.from({ length: items.ids.length + 1 }, newSums)
  const orderers = [0, 0, 0]
  for (const history of histories) {
    const ordered = new Set<number>()
    for (const itemId in history.items) {
      for (const at of history.items[itemId]!.purchaseTimes) ordered.add(Math.floor((untilMs - 1 - at) / horizonMs))
    }
    for (let back = 0; back < orderers.length; back++) if (ordered.has(back)) orderers[back]! += 1
    for (const itemId in history.items) {
      const item = history.items[itemId]!
      const row = items.indexOf.get(itemId)
      if (row === undefined || item.purchaseTimes.length === 0 || netPurchases(item) <= 0) continue
      addBuyer(sums[row]!, item.purchaseTimes, ordered, horizonMs, untilMs)
    }
  }
  return tableOf(sums, orderers, horizonMs, untilMs)
}

interface Sums {
  /** Buyers in each of the latest three horizons. */
  buyers: [number, number, number]
  /** Customers who had bought it before a horizon in which they ordered, and who bought it again in it: the latest, and the latest three. */
  returning: [number, number]
  again: [number, number]
  firstBuyers: number
  all: number
  several: number
  gaps: number
  gapCount: number
  firstAt: number
  lastAt: number
}

const newSums = (): Sums => ({
  buyers: [0, 0, 0],
  returning: [0, 0],
  again: [0, 0],
  firstBuyers: 0,
  all: 0,
  several: 0,
  gaps: 0,
  gapCount: 0,
  firstAt: Infinity,
  lastAt: -Infinity,
})

function addBuyer(
  sums: Sums,
  times: readonly number[],
  ordered: ReadonlySet<number>,
  horizonMs: number,
  untilMs: number,
): void {
  const backs = new Set(times.map((at) => Math.floor((untilMs - 1 - at) / horizonMs)))
  const firstBack = Math.max(...backs)
  for (let back = 0; back < 3; back++) {
    if (backs.has(back)) sums.buyers[back]! += 1
    if (firstBack <= back || !ordered.has(back)) continue
    const returns = backs.has(back) ? 1 : 0
    if (back === 0) sums.returning[0] += 1
    if (back === 0) sums.again[0] += returns
    sums.returning[1] += 1
    sums.again[1] += returns
  }
  if (firstBack === 0) sums.firstBuyers++
  sums.all++
  if (backs.size > 1) sums.several++
  for (let n = 1; n < times.length; n++) {
    const days = (times[n]! - times[n - 1]!) / dayMs
    if (days < 1) continue
    sums.gaps += Math.log1p(days)
    sums.gapCount++
  }
  sums.firstAt = Math.min(sums.firstAt, times[0]!)
  sums.lastAt = Math.max(sums.lastAt, times.at(-1)!)
}

function tableOf(
  sums: readonly Sums[],
  [now, before, earlier]: readonly number[],
  horizonMs: number,
  untilMs: number,
): RepurchaseStatistics {
  const total = (of: (sum: Sums) => number) => sums.reduce((all, sum) => all + of(sum), 0)
  const share = (yes: (sum: Sums) => number, all: (sum: Sums) => number) => (total(yes) + 1) / (total(all) + 2)
  const averages = {
    rebuy: share(
      ({ again }) => again[0],
      ({ returning }) => returning[0],
    ),
    long: share(
      ({ again }) => again[1],
      ({ returning }) => returning[1],
    ),
    several: share(
      ({ several }) => several,
      ({ all }) => all,
    ),
    gap: (total(({ gaps }) => gaps) + Math.log1p(horizonMs / dayMs)) / (total(({ gapCount }) => gapCount) + 1),
    first: (total(({ firstBuyers }) => firstBuyers) + 1) / (sums.length * (now! + 2)),
  }
  const rows = sums.map(({ buyers, returning, again, firstBuyers, all, several, gaps, gapCount, firstAt, lastAt }) => [
    buyers[0] / Math.max(1, now!),
    buyers[1] / Math.max(1, before!),
    buyers[2] / Math.max(1, earlier!),
    Math.log((buyers[0] / Math.max(1, now!) + 0.002) / (buyers[1] / Math.max(1, before!) + 0.002)),
    (again[0] + prior.rebuy * averages.rebuy) / (returning[0] + prior.rebuy),
    (again[1] + prior.rebuy * averages.long) / (returning[1] + prior.rebuy),
    Math.log1p(Math.min(1e4, Math.max(0, untilMs - lastAt) / dayMs)),
    Math.log1p(Math.min(1e4, Math.max(0, untilMs - (all === 0 ? untilMs : firstAt)) / dayMs)),
    Math.log1p(all),
    (several + prior.rebuy * averages.several) / (all + prior.rebuy),
    (gaps + prior.gap * averages.gap) / (gapCount + prior.gap),
    (firstBuyers + prior.first * averages.first) / (now! + prior.first),
  ])
  return Float32Array.from(rows.flat())
}

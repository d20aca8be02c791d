import type { ItemIndex } from "../artifact/item-index.ts"
import type { ItemHistory } from "../history/history.ts"
import { netPurchases } from "../history/net-purchases.ts"
import { logit } from "../measure/logistic-regression.ts"
import { dayMs } from "../time/durations.ts"
import { type RepurchaseStatistics, statisticColumns, statisticOf } from "./repurchase-statistics.ts"
import type { Visits } from "./visits.ts"

/** Changes whenever a feature or its meaning does, so that a model never meets features it was not learnt from. */
export const rebuyFeaturesVersion = "1"

/** Features of the customer: counts and days as logarithms, shares as they are … */
export const customerColumns = [
  "visits",
  "tenure",
  "sinceLast",
  "meanGap",
  "lastGap",
  "longestGap",
  "irregularity",
  "overdue",
  "visitsInHalf",
  "visitsInOne",
  "visitsInTwo",
  "visitsInThree",
  "fastFrequency",
  "slowFrequency",
  "size",
  "lastSize",
  "items",
  "repeatShare",
  "recentRepeatShare",
] as const

/** … and of the customer with the item. */
export const pairColumns = [
  "purchases",
  "kept",
  "returned",
  "visitShare",
  "shareSinceFirst",
  "fastShare",
  "slowShare",
  "expectedBuys",
  "slowByVisits",
  "frequencyByVisits",
  "fastByVisits",
  "back",
  "intervalByVisits",
  "overdueByVisits",
  "inLastThree",
  "inLastFive",
  "since",
  "sinceFirst",
  "gap",
  "overdue",
  "overdueByAll",
  "fastFrequency",
  "frequency",
  "slowFrequency",
  "pieces",
  "views",
  "carts",
  "sinceTouched",
] as const

/** Features of a customer and an item never bought: its first-purchase rate, and the customer's volume and share of new items. */
export const firstTimeColumns = ["firstRate", "share", "size", "visits", "novelty"] as const

/** Columns of a pair's row: the customer's, the pair's, the item's. */
export const pairWidth = customerColumns.length + pairColumns.length + statisticColumns.length

const decays = [0.95, 0.8, 0.5] as const
const log1p = Math.log1p

/** The customer's features, `customerColumns` values; the one function online and offline. */
export function customerFeatures(visits: Visits, horizonMs: number, nowMs: number): Float32Array {
  const ages = visits.times.map((at) => Math.max(0, nowMs - at))
  const gaps = visits.times.slice(1).map((at, n) => (at - visits.times[n]!) / dayMs)
  const tenure = Math.max(0, nowMs - (visits.times[0] ?? nowMs)) / dayMs
  const since = (ages.at(-1) ?? 0) / dayMs
  const meanGap = gaps.length > 0 ? mean(gaps) : Math.max(tenure, horizonMs / dayMs)
  const within = (horizons: number) => log1p(ages.filter((age) => age <= horizons * horizonMs).length)
  const frequency = (horizons: number) => ages.reduce((sum, age) => sum + 2 ** (-age / (horizons * horizonMs)), 0)
  return Float32Array.from([
    log1p(ages.length),
    log1p(tenure),
    log1p(since),
    log1p(meanGap),
    log1p(gaps.at(-1) ?? 2 * meanGap),
    log1p(gaps.length > 0 ? Math.max(...gaps) : 2 * meanGap),
    gaps.length > 1 ? deviation(gaps) / Math.max(1, meanGap) : 1,
    log1p(since / Math.max(1, meanGap)),
    within(0.5),
    within(1),
    within(2),
    within(3),
    frequency(0.7),
    frequency(2),
    log1p(visits.meanSize),
    log1p(visits.lastSize),
    log1p(visits.items),
    visits.repeatShare,
    visits.recentRepeatShare,
  ])
}

/** Writes a pair's row of `pairWidth` values from `at` on; `item` is what the customer did with it. */
export function writePairFeatures(
  { customer, visits, item, itemId }: { customer: Float32Array; visits: Visits; item: ItemHistory; itemId: string },
  { items, statistics, horizonMs }: { items: ItemIndex; statistics: RepurchaseStatistics; horizonMs: number },
  nowMs: number,
  rows: Float32Array,
  at: number,
): void {
  const row = items.indexOf.get(itemId) ?? items.ids.length
  const gapOfAll = statisticOf(statistics, row, "gap")
  rows.set(customer, at)
  const rebuyRate = statisticOf(statistics, row, "longRebuyRate")
  rows.set(ownFeatures(item, visits, { gapOfAll, rebuyRate }, horizonMs, nowMs), at + customer.length)
  const width = statisticColumns.length
  rows.set(statistics.subarray(row * width, (row + 1) * width), at + customer.length + pairColumns.length)
}

/** The features of an item the customer never bought, `firstTimeColumns` values. */
export function firstTimeFeatures(
  { meanSize, times, repeatShare }: Visits,
  { items, statistics }: { items: ItemIndex; statistics: RepurchaseStatistics },
  itemId: string,
): number[] {
  const row = items.indexOf.get(itemId) ?? items.ids.length
  return [
    logit(statisticOf(statistics, row, "firstRate")),
    Math.sqrt(statisticOf(statistics, row, "share")),
    log1p(meanSize),
    log1p(times.length),
    1 - repeatShare,
  ]
}

function ownFeatures(
  item: ItemHistory,
  { times, visitsAgoOf }: Visits,
  { gapOfAll, rebuyRate }: { gapOfAll: number; rebuyRate: number },
  horizonMs: number,
  nowMs: number,
): number[] {
  const { purchases, purchaseTimes, quantity, returns, views, carts, lastAt } = item
  const kept = netPurchases(item)
  const backs = [...new Set(purchaseTimes.map((time) => visitsAgoOf(time)))]
  const ages = purchaseTimes.map((time) => Math.max(0, nowMs - time))
  const [first, last] = [ages[0]! / dayMs, ages.at(-1)! / dayMs]
  const back = backs.at(-1)!
  const sinceFirst = backs[0]! + 1
  const interval = backs.length > 1 ? (backs[0]! - back) / (backs.length - 1) : 0
  const gap = backs.length > 1 ? (first - last) / (backs.length - 1) : 0
  const overdueOf = (since: number, usual: number) => (usual > 0 ? log1p(since / usual) : -1)
  const smoothedGap = (gap * (backs.length - 1) + Math.expm1(gapOfAll)) / backs.length
  const fading = (horizons: number) => ages.reduce((sum, age) => sum + 2 ** (-age / (horizons * horizonMs)), 0)
  const frequencyOf = (of: readonly number[], horizons: number) =>
    of.reduce((sum, time) => sum + 2 ** (-Math.max(0, nowMs - time) / (horizons * horizonMs)), 0)
  const shareOf = (horizons: number) =>
    (frequencyOf(purchaseTimes, horizons) + rebuyRate) / (frequencyOf(times, horizons) + 1 + rebuyRate)
  const [fastShare, slowShare] = [shareOf(1), shareOf(4)]
  const newest = (count: number) => backs.filter((of) => of < count).length
  return [
    log1p(purchases),
    log1p(kept),
    purchases === 0 ? 0 : 1 - kept / purchases,
    Math.min(1, kept / Math.max(1, times.length)),
    (backs.length - 0.5) / (sinceFirst + 0.5),
    fastShare,
    slowShare,
    Math.log((frequencyOf(times, 2) + 0.1) * slowShare),
    ...decays.map((decay) => log1p(backs.reduce((sum, of) => sum + decay ** of, 0))),
    log1p(back),
    log1p(interval),
    overdueOf(back + 1, interval),
    newest(3),
    newest(5),
    log1p(last),
    log1p(first),
    log1p(gap),
    overdueOf(last, gap),
    log1p(last / Math.max(1, smoothedGap)),
    fading(0.7),
    fading(2),
    fading(6),
    log1p((quantity - Math.min(quantity, returns)) / Math.max(1, purchases)),
    log1p(views),
    log1p(carts),
    log1p(Math.max(0, nowMs - lastAt) / dayMs),
  ]
}

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length

function deviation(values: readonly number[]): number {
  const middle = mean(values)
  return Math.sqrt(mean(values.map((value) => (value - middle) ** 2)))
}

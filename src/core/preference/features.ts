import type { ItemIndex } from "../artifact/item-index.ts"
import type { History } from "../history/history.ts"
import { isSentBack, netPurchases } from "../history/net-purchases.ts"
import { dayMs } from "../time/durations.ts"
import type { HabitWeights } from "./habit.ts"
import { customerOrderFeatures, ownOrderFeatures, writeOrderFeatures } from "./order-features.ts"
import type { PopularityWeights } from "./popularity.ts"
import type { ScorerResults } from "./scorer-results.ts"
import type { ScorerName } from "./scorers.ts"
import type { SessionSteps } from "./session-steps.ts"

/** Ranker features of an item … */
const itemFeatures = [
  "customers",
  "sessionEndShare",
  "meanSessionPosition",
  "attributePopularity",
  "rebuyRate",
  "recentPopularity",
] as const
/** … of what the customer did with it … */
const ownFeatures = [
  "latest",
  "second",
  "third",
  "fourth",
  "earlier",
  "times",
  "ownLength",
  "purchases",
  "views",
  "carts",
  "daysSince",
  "daysSincePurchase",
  "overdueRatio",
] as const
/** … and of the customer, together with how the item differs. */
const customerFeatures = [
  "length",
  "single",
  "double",
  "short",
  "lastCustomers",
  "meanCustomers",
  "customerSessionPosition",
  "sessionPositionGap",
] as const

/** The features of an answer that come after three of each scorer; those of orders only where repeats may be answered, which is where habit has a scorer. */
export const sharedFeatures = [
  ...itemFeatures,
  ...ownFeatures,
  ...ownOrderFeatures,
  ...customerFeatures,
  ...customerOrderFeatures,
] as const

export const featuresPerScorer = 3

/** Returns the first column of each group of features. */
function layoutOf(scorers: readonly ScorerName[]) {
  const withOrders = scorers.includes("habit")
  const item = featuresPerScorer * scorers.length
  const own = item + itemFeatures.length
  const ownOrders = own + ownFeatures.length
  const customer = ownOrders + (withOrders ? ownOrderFeatures.length : 0)
  const customerOrders = customer + customerFeatures.length
  const width = toFour(customerOrders + (withOrders ? customerOrderFeatures.length : 0))
  return { withOrders, item, own, ownOrders, customer, customerOrders, width }
}

const toFour = (size: number): number => (size + 3) & ~3

/** Returns the number of features of a candidate, padded with zeros to a multiple of four. */
export const featureWidth = (scorers: readonly ScorerName[]): number => layoutOf(scorers).width

/** Returns the columns of the customer's own features of an item: first, and one past the last. */
export const ownFeatureRange = (scorers: readonly ScorerName[]): { from: number; to: number } => {
  const { own, customer } = layoutOf(scorers)
  return { from: own, to: customer }
}

/** Returns the column that tells how often the customer bought a candidate and kept it: 0 for what they never bought. */
export const purchasesFeature = (scorers: readonly ScorerName[]): number =>
  layoutOf(scorers).own + ownFeatures.indexOf("purchases")

/** The logarithm of a scorer's relative score as a feature, about −1 … 1. */
const logFeature = (relative: number): number => Math.log(relative + 0.01) / 2.5 + 1
export const absentLog = logFeature(0)

export interface FeatureContext {
  history: History
  steps: SessionSteps
  nowMs: number
}

/** Six values an item: ln customers, how much it stands at the end of sequences, how late, how well known its like are, how often bought again, how popular now. */
export function itemFeatureTable(popularity: PopularityWeights, { rebuyRate }: HabitWeights): Float32Array {
  const { customers, sessionEndWeight, meanSessionPosition, attributePopularity, overall } = popularity
  const table = new Float32Array(customers.length * itemFeatures.length)
  for (let row = 0; row < customers.length; row++) {
    const at = row * itemFeatures.length
    table[at] = Math.log1p(customers[row]!) / 4
    table[at + 1] = Math.log((sessionEndWeight[row]! + 0.5) / (customers[row]! + 2))
    table[at + 2] = meanSessionPosition[row]! / 3
    table[at + 3] = Math.log1p(attributePopularity[row]!) / 5
    table[at + 4] = Math.log(rebuyRate[row]! + 1e-3) / 5 + 1
    table[at + 5] = Math.log(overall[row]! + 1e-5) / 5 + 2
  }
  return table
}

/** The features of each candidate, candidates × width; `slotOf` gives each candidate row its place and is −1 elsewhere. */
export function rankerFeatures(
  candidates: Int32Array,
  slotOf: Int32Array,
  scorers: readonly ScorerName[],
  scored: ScorerResults,
  table: Float32Array,
  question: FeatureContext,
  items: ItemIndex,
): Float32Array {
  const layout = layoutOf(scorers)
  const { width } = layout
  const features = new Float32Array(candidates.length * width)
  scorers.forEach((scorer, n) => {
    writeScorerFeatures(candidates, slotOf, scored, scorer, features, featuresPerScorer * n, width)
  })
  writeItemAndCustomer(candidates, table, question.steps, features, layout.item, layout.customer, width)
  writeOwn(slotOf, question, items, features, layout.own, width)
  if (layout.withOrders) writeOrderFeatures(candidates, slotOf, question.history, items, table, features, layout)
  return features
}

function writeScorerFeatures(
  candidates: Int32Array,
  slotOf: Int32Array,
  { scores, top, highest }: ScorerResults,
  scorer: ScorerName,
  features: Float32Array,
  column: number,
  width: number,
): void {
  const { values } = scores[scorer]
  const scale = highest[scorer] > 0 ? 1 / highest[scorer] : 0
  for (let n = 0; n < candidates.length; n++) {
    const relative = Math.min(1, Math.max(0, values[candidates[n]!]! * scale))
    features[n * width + column] = relative === 0 ? absentLog : logFeature(relative)
    features[n * width + column + 1] = relative
  }
  const best = top[scorer]
  for (let start = 0; start < best.length; ) {
    let end = start + 1
    while (end < best.length && values[best[end]!] === values[best[start]!]) end++
    const closeness = 1 / Math.sqrt(1 + (start + end - 1) / 2)
    for (let place = start; place < end; place++) {
      const slot = slotOf[best[place]!]!
      if (slot >= 0) features[slot * width + column + 2] = closeness
    }
    start = end
  }
}

function writeItemAndCustomer(
  candidates: Int32Array,
  table: Float32Array,
  { rows }: SessionSteps,
  features: Float32Array,
  itemColumn: number,
  customerColumn: number,
  width: number,
): void {
  const length = rows.length
  const customersOf = (row: number) => table[row * itemFeatures.length]!
  const positionOf = (row: number) => table[row * itemFeatures.length + 2]!
  const last = rows.subarray(0, 3)
  const position = length === 0 ? 0 : last.reduce((sum, row) => sum + positionOf(row), 0) / last.length
  const known = length === 0 ? 0 : rows.reduce((sum, row) => sum + customersOf(row), 0) / length
  const lengthLog = Math.log1p(length) / 2
  for (let n = 0; n < candidates.length; n++) {
    const row = candidates[n]!
    const at = n * width + itemColumn
    for (let k = 0; k < itemFeatures.length; k++) features[at + k] = table[row * itemFeatures.length + k]!
    const own = n * width + customerColumn
    features[own] = lengthLog
    features[own + 1] = length === 1 ? 1 : 0
    features[own + 2] = length === 2 ? 1 : 0
    features[own + 3] = length <= 3 ? 1 : 0
    features[own + 4] = length === 0 ? 0 : customersOf(rows[0]!)
    features[own + 5] = known
    features[own + 6] = position
    features[own + 7] = position - positionOf(row)
  }
}

/** Writes the customer's own features of the candidates that they interacted with. */
function writeOwn(
  slotOf: Int32Array,
  { history, steps: { rows, stepsAgo }, nowMs }: FeatureContext,
  items: ItemIndex,
  features: Float32Array,
  column: number,
  width: number,
): void {
  const length = Math.log(Math.max(1, rows.length))
  for (let n = rows.length - 1; n >= 0; n--) {
    const slot = slotOf[rows[n]!]!
    if (slot < 0) continue
    const at = slot * width + column
    features.fill(0, at, at + 5)
    features[at + Math.min(4, stepsAgo[n]!)] = 1
    features[at + 5]! += 1
    features[at + 6] = length
  }
  for (const itemId in history.items) {
    const row = items.indexOf.get(itemId)
    const slot = row === undefined ? -1 : slotOf[row]!
    if (slot < 0) continue
    const item = history.items[itemId]!
    const at = slot * width + column
    if (features[at + 6] === 0 && features[at + 5] === 0) features[at + 4] = 1
    features[at + 5] = Math.min(5, Math.max(0, features[at + 5]! - 1)) / 2
    features[at + 7] = Math.log1p(netPurchases(item))
    features[at + 8] = Math.log1p(item.views)
    features[at + 9] = Math.log1p(item.carts)
    features[at + 10] = Math.log1p(Math.max(0, nowMs - item.lastAt) / dayMs) / 5
    const times = item.purchaseTimes
    if (times.length === 0 || isSentBack(item)) continue
    const since = Math.max(0, nowMs - times.at(-1)!) / dayMs
    features[at + 11] = Math.log1p(since) / 5
    const interval = times.length < 2 ? 0 : (times.at(-1)! - times[0]!) / dayMs / (times.length - 1)
    if (interval > 0) features[at + 12] = Math.min(3, since / interval) / 3
  }
}

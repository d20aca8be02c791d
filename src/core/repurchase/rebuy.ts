import type { ItemIndex } from "../artifact/item-index.ts"
import type { History } from "../history/history.ts"
import { type Calibrator, calibrate } from "../measure/calibrator.ts"
import { sigmoid } from "../measure/logistic-regression.ts"
import { type BoostedTrees, treesLogit } from "./boosted-trees.ts"
import { customerFeatures, firstTimeFeatures, pairWidth, writePairFeatures } from "./rebuy-features.ts"
import type { RepurchaseStatistics } from "./repurchase-statistics.ts"
import { visitsOf } from "./visits.ts"

export type SlopedCalibrator = Exclude<Calibrator, { method: "isotonic" }>

/** Model of P(a customer buys an item within the horizon). */
export interface Rebuy {
  horizonMs: number
  /** The items that were ever bought; `statistics` has a row for each, in this order. */
  items: ItemIndex
  statistics: RepurchaseStatistics
  /** P(orders), by the customer's columns. */
  orders: BoostedTrees
  /** P(buys again an item bought before | orders), by a pair's columns. */
  again: BoostedTrees
  /** P(buys for the first time | orders): the intercept, then one weight a feature. */
  first: Float64Array
  /** To what came true on a later window: of P(orders), of its product with P(buys again | orders), and of P(buys for the first time | orders). */
  calibrators: Record<"orders" | "again" | "first", SlopedCalibrator>
}

export interface RebuyProbabilities {
  /** P(the customer orders anything within the horizon). */
  orders: number
  /** P(the customer buys the item within the horizon), best first. */
  items: { itemId: string; probability: number }[]
}

/** Chances that one customer buys within the horizon; computed when first asked, what items share once. */
export interface CustomerRebuy {
  /** Returns P(orders anything). */
  orders(): number
  /** Returns P(buys the item). */
  of(itemId: string): number
  /** Returns the items ever bought, most likely first. */
  bought(): RebuyProbabilities["items"]
}

/** Returns a customer's chances within `rebuy.horizonMs` from `nowMs`: P(orders), and P(orders) × P(item | orders). */
export function customerRebuy(history: History, rebuy: Rebuy, nowMs: number): CustomerRebuy {
  let known: ReturnType<typeof visitorOf> | undefined
  const visitor = () => {
    known ??= visitorOf(history, rebuy, nowMs)
    return known
  }
  const row = new Float32Array(pairWidth)
  const again = (itemId: string) => {
    const { visits, customer, orders } = visitor()
    writePairFeatures({ customer, visits, item: history.items[itemId]!, itemId }, rebuy, nowMs, row, 0)
    return calibrate(rebuy.calibrators.again, orders * sigmoid(treesLogit(rebuy.again, row)))
  }
  const orders = () => calibrate(rebuy.calibrators.orders, visitor().orders)
  const first = (itemId: string) => {
    const features = firstTimeFeatures(visitor().visits, rebuy, itemId)
    const logit = features.reduce((sum, value, n) => sum + value * rebuy.first[n + 1]!, rebuy.first[0]!)
    return orders() * calibrate(rebuy.calibrators.first, sigmoid(logit))
  }
  const wasBought = (itemId: string) =>
    Object.hasOwn(history.items, itemId) && history.items[itemId]!.purchaseTimes.length > 0
  const of = (itemId: string) => (wasBought(itemId) ? again(itemId) : first(itemId))
  return { orders, of, bought: () => bestFirst(Object.keys(history.items).filter(wasBought), of) }
}

function visitorOf(history: History, rebuy: Rebuy, nowMs: number) {
  const visits = visitsOf(history)
  const customer = customerFeatures(visits, rebuy.horizonMs, nowMs)
  return { visits, customer, orders: sigmoid(treesLogit(rebuy.orders, customer)) }
}

const bestFirst = (itemIds: readonly string[], of: (itemId: string) => number): RebuyProbabilities["items"] =>
  itemIds
    .map((itemId) => ({ itemId, probability: of(itemId) }))
    .sort((a, b) => b.probability - a.probability || (a.itemId < b.itemId ? -1 : 1))

/** P(orders) × P(item | orders), within `rebuy.horizonMs` from `nowMs`; by default of the items ever bought. */
export function rebuyProbabilities(
  history: History,
  rebuy: Rebuy,
  nowMs: number,
  itemIds?: readonly string[],
): RebuyProbabilities {
  const { orders, of, bought } = customerRebuy(history, rebuy, nowMs)
  return { orders: orders(), items: itemIds === undefined ? bought() : bestFirst(itemIds, of) }
}

/** P(the customer buys this item within the horizon though nothing is sent): the organic rate of a parcel. */
export const organicPurchaseProbability = (history: History, rebuy: Rebuy, nowMs: number, itemId: string): number =>
  rebuyProbabilities(history, rebuy, nowMs, [itemId]).items[0]!.probability

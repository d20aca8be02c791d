import type { ItemIndex } from "../artifact/item-index.ts"
import type { History, ItemHistory } from "../history/history.ts"
import { isSentBack } from "../history/net-purchases.ts"
import { type Orders, ordersOf } from "./orders.ts"

/** Ranker features of the customer's orders of the item … */
export const ownOrderFeatures = [
  "orderedShare",
  "slowFrequency",
  "frequency",
  "fastFrequency",
  "inLastOrder",
  "closeness",
  "gap",
  "again",
  "overdue",
  "ownRebuyRate",
  "rebuyByOrders",
  "rebuyBySize",
  "rebuyByRepeats",
] as const
/** … and of the customer's orders, alone and together with how well known the item is. */
export const customerOrderFeatures = [
  "orders",
  "orderSize",
  "lastOrderSize",
  "repeatShare",
  "knownByOrders",
  "knownBySize",
] as const

const decays = [0.95, 0.8, 0.5] as const

export interface OrderLayout {
  ownOrders: number
  customerOrders: number
  width: number
}

/** Writes the order features of each candidate, from the columns of the layout on; `table` is that of item features, `slotOf` is −1 for what is no candidate. */
export function writeOrderFeatures(
  candidates: Int32Array,
  slotOf: Int32Array,
  history: History,
  items: ItemIndex,
  table: Float32Array,
  features: Float32Array,
  { ownOrders, customerOrders, width }: OrderLayout,
): void {
  const orders = ordersOf(history)
  const valuesPerItem = table.length / items.ids.length
  const count = Math.log(Math.max(1, orders.count)) / 2
  const size = Math.log(Math.max(1, orders.meanSize)) / 2
  const lastSize = Math.log(Math.max(1, orders.lastSize)) / 2
  for (let n = 0; n < candidates.length; n++) {
    const known = table[candidates[n]! * valuesPerItem]!
    const values = [count, size, lastSize, orders.repeatShare, known * count, known * size]
    features.set(values, n * width + customerOrders)
  }
  for (const itemId in history.items) {
    const row = items.indexOf.get(itemId)
    const slot = row === undefined ? -1 : slotOf[row]!
    const item = history.items[itemId]!
    if (slot < 0 || item.purchases === 0 || isSentBack(item)) continue
    const rebuy = table[row! * valuesPerItem + 4]!
    const crossed = [rebuy, rebuy * count, rebuy * size, rebuy * orders.repeatShare]
    features.set([...frequencies(item, orders), ...crossed], slot * width + ownOrders)
  }
}

/** Returns the frequency, recency and regularity of the item, counted in the customer's orders. */
function frequencies({ purchases, purchaseTimes }: ItemHistory, { ordersAgoOf, count }: Orders): number[] {
  const backs = purchaseTimes.map((at) => ordersAgoOf.get(at)!)
  const gap = backs.at(-1)!
  const interval = backs.length < 2 ? 0 : (backs[0]! - gap) / (backs.length - 1)
  return [
    purchases / Math.max(1, count),
    ...decays.map((decay) => Math.log1p(backs.reduce((sum, back) => sum + decay ** back, 0))),
    gap === 0 ? 1 : 0,
    1 / (1 + gap),
    Math.log1p(gap) / 2,
    backs.length > 1 ? 1 : 0,
    interval > 0 ? Math.min(5, gap / Math.max(interval, 0.5)) / 5 : 0,
  ]
}

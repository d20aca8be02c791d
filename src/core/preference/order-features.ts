import type { History, ItemHistory } from "../history/history.ts"
import { type Orders, ordersOf } from "./orders.ts"
import type { ItemIndex } from "./release.ts"

/** What the ranker is told of the customer's orders, of how the item was ordered among them, and of both together. */
export const orderFeatures = [
  "orders",
  "orderSize",
  "lastOrderSize",
  "repeatShare",
  "knownByOrders",
  "knownBySize",
  "orderedShare",
  "slowFrequency",
  "frequency",
  "fastFrequency",
  "inLastOrder",
  "closeness",
  "gap",
  "again",
  "overdue",
  "rebuyRate",
  "rebuyByOrders",
  "rebuyBySize",
  "rebuyByRepeats",
] as const

const decays = [0.95, 0.8, 0.5] as const

/** Writes the order features of each candidate into its row of `features` from `column` on; `slotOf` is −1 for what is no candidate. */
export function writeOrderFeatures(
  candidates: Int32Array,
  slotOf: Int32Array,
  history: History,
  items: ItemIndex,
  { customers, rebuyRate }: { customers: Float32Array; rebuyRate: Float32Array },
  features: Float32Array,
  column: number,
  width: number,
): void {
  const orders = ordersOf(history)
  const count = Math.log(Math.max(1, orders.count)) / 2
  const size = Math.log(Math.max(1, orders.meanSize)) / 2
  const lastSize = Math.log(Math.max(1, orders.lastSize)) / 2
  for (let n = 0; n < candidates.length; n++) {
    const known = Math.log1p(customers[candidates[n]!]!) / 4
    features.set([count, size, lastSize, orders.repeatShare, known * count, known * size], n * width + column)
  }
  for (const itemId in history.items) {
    const row = items.indexOf.get(itemId)
    const slot = row === undefined ? -1 : slotOf[row]!
    const item = history.items[itemId]!
    if (slot < 0 || item.purchases === 0) continue
    const own = Math.log(rebuyRate[row!]! + 1e-3) / 5 + 1
    const at = slot * width + column
    features.set(frequencies(item, orders), at + 6)
    features.set([own, own * count, own * size, own * orders.repeatShare], at + 15)
  }
}

/** How often, how lately and how regularly the item was ordered, counted in the customer's orders. */
function frequencies({ purchases, purchaseTimes }: ItemHistory, { backOf, count }: Orders): number[] {
  const backs = purchaseTimes.map((at) => backOf.get(at)!)
  const gap = backs.at(-1)!
  const rhythm = backs.length < 2 ? 0 : (backs[0]! - gap) / (backs.length - 1)
  return [
    purchases / Math.max(1, count),
    ...decays.map((decay) => Math.log1p(backs.reduce((sum, back) => sum + decay ** back, 0))),
    gap === 0 ? 1 : 0,
    1 / (1 + gap),
    Math.log1p(gap) / 2,
    backs.length > 1 ? 1 : 0,
    rhythm > 0 ? Math.min(5, gap / Math.max(rhythm, 0.5)) / 5 : 0,
  ]
}

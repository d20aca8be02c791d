import type { History } from "../history/history.ts"
import { type ArtifactContent, metadataNumber, tensorValues } from "../preference/artifact.ts"
import { msPerDay, netPurchases } from "../preference/confidences.ts"
import { itemIndex, readItems, writeItems } from "../preference/item-index.ts"
import type { ItemIndex } from "../preference/release.ts"

/** What serves P(a customer buys an item within the horizon). */
export interface Rebuy {
  horizonMs: number
  items: ItemIndex
  /** Orders a customer makes in a day: gamma distributed over customers, as if `priorOrders` were seen in `priorDays` of each. */
  priorOrders: number
  priorDays: number
  /** How many orders of everybody's the customer's own are smoothed with. */
  priorWeight: number
  /** The share of orders that contain the item, one value an item. */
  orderShare: Float32Array
}

export interface RebuyProbabilities {
  /** P(the customer orders anything within the horizon). */
  orders: number
  /** P(the customer buys the item within the horizon), best first. */
  items: { itemId: string; probability: number }[]
}

/** P(orders) × P(item | orders) within `rebuy.horizonMs` from `nowMs`; by default of the items ever bought. */
export function rebuyProbabilities(
  history: History,
  rebuy: Rebuy,
  nowMs: number,
  itemIds: readonly string[] = Object.keys(history.items).filter((itemId) => history.items[itemId]!.purchases > 0),
): RebuyProbabilities {
  const orders = orderProbability(history, rebuy, nowMs)
  const items = itemIds.map((itemId) => ({ itemId, probability: orders * itemShare(history, rebuy, itemId) }))
  return { orders, items: items.sort((a, b) => b.probability - a.probability || (a.itemId < b.itemId ? -1 : 1)) }
}

/** P(the customer buys this item within the horizon though nothing is sent): the organic rate of a parcel. */
export const buysAnyway = (history: History, rebuy: Rebuy, nowMs: number, itemId: string): number =>
  rebuyProbabilities(history, rebuy, nowMs, [itemId]).items[0]!.probability

/** 1 − P(no order): Poisson orders at a gamma-distributed rate. */
function orderProbability(
  { orders, firstAt }: History,
  { horizonMs, priorOrders, priorDays }: Rebuy,
  nowMs: number,
): number {
  const seenDays = firstAt === null ? 0 : Math.max(0, nowMs - firstAt) / msPerDay
  const days = priorDays + seenDays
  return 1 - (days / (days + horizonMs / msPerDay)) ** (priorOrders + orders)
}

function itemShare({ items, orders }: History, rebuy: Rebuy, itemId: string): number {
  const row = rebuy.items.indexOf.get(itemId)
  const item = Object.hasOwn(items, itemId) ? items[itemId] : undefined
  const ofAll = row === undefined ? 0 : rebuy.orderShare[row]!
  const kept = item === undefined ? 0 : netPurchases(item)
  return (kept + rebuy.priorWeight * ofAll) / (Math.max(kept, orders) + rebuy.priorWeight)
}

export const writeRebuy = (rebuy: Rebuy): ArtifactContent => ({
  metadata: {
    model: "rebuy",
    items: writeItems(rebuy.items),
    horizonMs: String(rebuy.horizonMs),
    priorOrders: String(rebuy.priorOrders),
    priorDays: String(rebuy.priorDays),
    priorWeight: String(rebuy.priorWeight),
  },
  tensors: { orderShare: { dtype: "F32", shape: [rebuy.orderShare.length], data: rebuy.orderShare } },
})

/** Reads what `writeRebuy` wrote; throws `incompatibleArtifact` where something is missing. */
export function readRebuy(content: ArtifactContent): Rebuy {
  const items = itemIndex(readItems(content))
  return {
    horizonMs: metadataNumber(content, "horizonMs"),
    items,
    priorOrders: metadataNumber(content, "priorOrders"),
    priorDays: metadataNumber(content, "priorDays"),
    priorWeight: metadataNumber(content, "priorWeight"),
    orderShare: tensorValues(content, "orderShare", "F32", [items.ids.length]),
  }
}

import type { History } from "../history/history.ts"
import { netPurchases } from "../history/net-purchases.ts"
import type { Order } from "../history/order.ts"
import { countsOf } from "../history/order-counts.ts"
import { dayMs } from "../time/durations.ts"

/** Facts of one customer and one item: what they have, gave back or wait for. */
export interface ItemFacts {
  /** Purchases of it less the share of its units that came back; a parcel that was kept counts as one. */
  bought: number
  /** Times when it was bought and not sent back whole, ascending, in milliseconds; a history keeps the latest twelve. */
  boughtAt: readonly number[]
  /** Mean units of a purchase. */
  quantity: number
  /** True if it came back and no unit is left with the customer. */
  returned: boolean
  /** True if it was ordered and its delivery is not known. */
  onItsWay: boolean
  /** True if it was put into the cart or on the wishlist since the last order, at most 30 days ago. */
  inCart: boolean
}

/** Days for which an undelivered order counts as on its way: where the shop tells of parcels, and where it does not. */
const transitDays = { told: 30, untold: 7 }
const cartDays = 30

const nothing: ItemFacts = { bought: 0, boughtAt: [], quantity: 0, returned: false, onItsWay: false, inCart: false }

/** Returns the facts of a customer's items at `nowMs`; each is computed when it is first asked for. */
export function createItemFacts(history: History, nowMs: number): (itemId: string) => ItemFacts {
  const known = new Map<string, ItemFacts>()
  const orders = Object.values(history.ordersByNumber)
  const returning = orders.filter(({ returns, refund }) => returns !== undefined || refund !== undefined)
  const underWay = itemsUnderWay(orders, nowMs)
  const inCart = itemsInCart(history, nowMs)
  let sentBack: ReadonlyMap<string, readonly number[]> | undefined
  return (itemId) => {
    const own = Object.hasOwn(history.items, itemId) ? history.items[itemId]! : undefined
    const sends = history.sends && Object.hasOwn(history.sends, itemId) ? history.sends[itemId]! : undefined
    if (own === undefined && sends === undefined) return nothing
    const before = known.get(itemId)
    if (before !== undefined) return before
    sentBack ??= timesSentBack(returning)
    const kept = own === undefined ? [] : withoutOnce(own.purchaseTimes, sentBack.get(itemId) ?? [])
    const left = own === undefined ? 0 : own.quantity - own.returns
    const isBack = (own !== undefined && own.returns > 0) || (sends !== undefined && sends.returned > 0)
    const sentAndKept = sends?.kept ?? 0
    const facts: ItemFacts = {
      bought: Math.max(own === undefined ? 0 : netPurchases(own), sentAndKept),
      boughtAt: left <= 0 && own !== undefined ? lastOf(sends, sentAndKept) : merged(kept, lastOf(sends, sentAndKept)),
      quantity: own === undefined || own.purchases === 0 ? Math.min(1, sentAndKept) : own.quantity / own.purchases,
      returned: isBack && left <= 0 && sentAndKept === 0,
      onItsWay: underWay.has(itemId),
      inCart: inCart.has(itemId),
    }
    known.set(itemId, facts)
    return facts
  }
}

const lastOf = (sends: { lastAt: number } | undefined, kept: number): number[] =>
  sends !== undefined && kept > 0 ? [sends.lastAt] : []

const merged = (a: readonly number[], b: readonly number[]) => (b.length === 0 ? a : [...a, ...b].sort((x, y) => x - y))

/** Items of orders that count, were placed lately and of whose delivery nobody told. */
function itemsUnderWay(orders: readonly Order[], nowMs: number): ReadonlySet<string> {
  const items = new Set<string>()
  const isTold = orders.some(({ shippedAt, deliveredAt }) => shippedAt !== undefined || deliveredAt !== undefined)
  const sinceMs = nowMs - (isTold ? transitDays.told : transitDays.untold) * dayMs
  for (const order of orders) {
    if (order.deliveredAt !== undefined || order.lastAt < sinceMs) continue
    const { at, bought, returned } = countsOf(order)
    if (at === undefined || at < sinceMs) continue
    for (const itemId in bought) {
      const back = Object.hasOwn(returned, itemId) ? returned[itemId]! : 0
      if (bought[itemId]! > back) items.add(itemId)
    }
  }
  return items
}

function itemsInCart({ recent, lastOrderAt }: History, nowMs: number): ReadonlySet<string> {
  const items = new Set<string>()
  const sinceMs = nowMs - cartDays * dayMs
  for (const { kind, at, itemId } of recent)
    if (kind === "cart" && at >= sinceMs && (lastOrderAt === null || at > lastOrderAt)) items.add(itemId)
  return items
}

/** The times of orders of which all units of an item came back, by item. */
function timesSentBack(orders: readonly Order[]): ReadonlyMap<string, readonly number[]> {
  const times = new Map<string, number[]>()
  for (const order of orders) {
    const { at, bought, returned } = countsOf(order)
    if (at === undefined) continue
    for (const itemId in returned) {
      if (!Object.hasOwn(bought, itemId) || returned[itemId]! < bought[itemId]!) continue
      times.set(itemId, [...(times.get(itemId) ?? []), at])
    }
  }
  return times
}

/** The times left when each of `gone` takes one like it away. */
function withoutOnce(times: readonly number[], gone: readonly number[]): readonly number[] {
  if (gone.length === 0) return times
  const left = [...gone]
  return times.filter((at) => {
    const n = left.indexOf(at)
    if (n >= 0) left.splice(n, 1)
    return n < 0
  })
}

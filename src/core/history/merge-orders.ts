import type { History } from "./history.ts"
import { maxOrderLines, maxOrders } from "./limits.ts"
import { mergeOrders, type Order } from "./order.ts"
import { countsOf, type OrderCounts, placedAtOf } from "./order-counts.ts"

/** An order that both histories know: what they counted for it, each for itself, and what it counts for. */
export interface Recount {
  before: readonly OrderCounts[]
  now: OrderCounts
}

type Orders = Pick<History, "orders" | "lastOrderAt" | "ordersByNumber" | "otherOrders">

/** The orders of both; those that both know are to be counted again, once. */
export function mergeOrderBooks(a: Orders, b: Orders): Orders & { recounts: readonly Recount[] } {
  const otherOrders = addOrders(a.otherOrders, b.otherOrders)
  const added = Object.entries(b.ordersByNumber)
  const merged = new Map(Object.entries(a.ordersByNumber))
  const recounts: Recount[] = []
  for (const [number, order] of added) {
    const known = merged.get(number)
    if (known === undefined) {
      merged.set(number, order)
      continue
    }
    const both = mergeOrders(known, order)
    recounts.push({ before: [countsOf(known), countsOf(order)], now: countsOf(both) })
    merged.set(number, both)
  }
  const dropped = added.length === 0 ? [] : dropOldest(merged)
  const counted = recounts.reduce((sum, { before, now }) => sum + isCounted(now) - before.filter(isCounted).length, 0)
  const others = addOrders(otherOrders, ordersOf(dropped))
  return {
    orders: a.orders + b.orders + counted,
    lastOrderAt:
      recounts.length === 0
        ? latest(a.lastOrderAt, b.lastOrderAt)
        : latest(others.lastAt, ordersOf([...merged.values()]).lastAt),
    ordersByNumber: added.length === 0 ? a.ordersByNumber : Object.fromEntries(merged),
    otherOrders: others,
    recounts,
  }
}

const isCounted = ({ at }: OrderCounts): number => (at === undefined ? 0 : 1)

/** Takes out of too many orders those that only browsers told, then those of which was heard longest ago, and returns them. */
function dropOldest(orders: Map<string, Order>): Order[] {
  let lines = 0
  for (const order of orders.values()) lines += lineCount(order)
  const dropped: Order[] = []
  while (orders.size > maxOrders || (lines > maxOrderLines && orders.size > 1)) {
    const number = oldestOf(orders)
    const order = orders.get(number)!
    orders.delete(number)
    lines -= lineCount(order)
    dropped.push(order)
  }
  return dropped
}

function oldestOf(orders: ReadonlyMap<string, Order>): string {
  let oldest: [string, Order] | undefined
  for (const entry of orders) {
    const older =
      oldest === undefined ? -1 : trustOf(entry[1]) - trustOf(oldest[1]) || entry[1].lastAt - oldest[1].lastAt
    if (older < 0 || (older === 0 && entry[0] < oldest![0])) oldest = entry
  }
  return oldest![0]
}

/** Made-up orders must not push out real ones. */
const trustOf = ({ told }: Order): number => (told ? 1 : 0)

function lineCount({ lines, update, claim }: Order): number {
  let count = 0
  for (const _ in lines) count++
  for (const _ in update?.lines) count++
  for (const _ in claim?.lines) count++
  return count
}

function ordersOf(orders: readonly Order[]): History["otherOrders"] {
  const times = orders.flatMap((order) => placedAtOf(order) ?? [])
  return { count: times.length, lastAt: times.reduce<number | null>((last, at) => latest(last, at), null) }
}

const addOrders = (a: History["otherOrders"], b: History["otherOrders"]): History["otherOrders"] => ({
  count: a.count + b.count,
  lastAt: latest(a.lastAt, b.lastAt),
})

const latest = (a: number | null, b: number | null) => (a === null ? b : b === null ? a : Math.max(a, b))

import { fold } from "../../../src/core/history/fold.ts"
import { emptyHistory } from "../../../src/core/history/history.ts"
import { customerFeatures } from "../../../src/core/repurchase/rebuy-features.ts"
import { visitsOf } from "../../../src/core/repurchase/visits.ts"
import { dayMs } from "../../../src/core/time/durations.ts"
import type { CustomerEvent } from "../../../src/store/events/event-types.ts"

/** Of what is known before a cut, and of the outcome after it. */
export const windowMs = 90 * dayMs

/** Orders and net sales of one customer in a span. */
export interface Spending {
  orders: number
  revenue: number
}

/** A customer known at a cut: what was known then, and what the 90 days after it brought. */
export interface RetailCustomer {
  before: Spending
  /** Since the first order. */
  total: Spending
  after: Spending
  /** Inputs of the models. */
  features: Float64Array
}

/** Returns the customers who ordered before `cut`; `events` stand by customer, then by time. */
export function customersAt(events: readonly CustomerEvent[], cut: number): RetailCustomer[] {
  const customers: RetailCustomer[] = []
  for (let from = 0; from < events.length; ) {
    let until = from
    while (until < events.length && events[until]!.customerId === events[from]!.customerId) until++
    const own = events.slice(from, until)
    const known = own.filter(({ at }) => at < cut)
    if (known.some(isOrder)) customers.push(customerOf(own, known, cut))
    from = until
  }
  return customers
}

const isOrder = ({ name }: CustomerEvent) => name === "Order Completed"

function customerOf(own: readonly CustomerEvent[], known: readonly CustomerEvent[], cut: number): RetailCustomer {
  const spent = (from: number, until: number) => spendingOf(own.filter(({ at }) => at >= from && at < until))
  const visits = visitsOf(fold(emptyHistory, known))
  const before = spent(cut - windowMs, cut)
  const total = spent(Number.NEGATIVE_INFINITY, cut)
  const money = [before, total, spent(cut - 2 * windowMs, cut - windowMs), spent(cut - windowMs / 3, cut)]
  return {
    before,
    total,
    after: spent(cut, cut + windowMs),
    features: Float64Array.from([
      ...customerFeatures(visits, windowMs, cut),
      ...money.flatMap(({ orders, revenue }) => [Math.log1p(orders), Math.log1p(Math.max(0, revenue))]),
      Math.log1p(Math.max(0, total.revenue) / Math.max(1, total.orders)),
    ]),
  }
}

function spendingOf(events: readonly CustomerEvent[]): Spending {
  const value = ({ lines }: CustomerEvent) => lines.reduce((sum, { quantity, price = 0 }) => sum + quantity * price, 0)
  return {
    orders: events.filter(isOrder).length,
    revenue: events.reduce((sum, event) => sum + (isOrder(event) ? value(event) : -value(event)), 0),
  }
}

import type { Event } from "../../src/core/history/event.ts"
import { mergeOrders, type Order, orderNumberOf, orderOf, type Quantities } from "../../src/core/history/order.ts"
import { countsOf } from "../../src/core/history/order-counts.ts"

/**
 * Returns a function that takes one customer's events in order of time and tells what each adds to what is known: of an order with a
 * number only what was not told before, and of a cancellation or refund by number alone the lines it takes back.
 */
export function orderSettler(): (event: Event) => Event[] {
  const orders = new Map<string, Order>()
  return (event) => {
    const number = orderNumberOf(event.properties)
    const told = number === undefined ? undefined : orderOf(asTold(event))
    if (number === undefined || told === undefined) return [event]
    const known = orders.get(number)
    const order = known === undefined ? told : mergeOrders(known, told)
    orders.set(number, order)
    const before = known === undefined ? { bought: {}, returned: {} } : countsOf(known)
    const now = countsOf(order)
    return [
      changeOf(event, "Order Completed", now.bought, before.bought),
      changeOf(event, "Order Cancelled", before.bought, now.bought),
      changeOf(event, "Order Refunded", now.returned, before.returned),
    ].filter(({ lines }) => lines.length > 0)
  }
}

/** A claim is only handed to models once it counts. */
function asTold({ trust: _, ...event }: Event): Event {
  return event
}

function changeOf(event: Event, name: string, more: Quantities, less: Quantities): Event {
  const lines = Object.entries(more).flatMap(([itemId, quantity]) => {
    const rest = quantity - (Object.hasOwn(less, itemId) ? less[itemId]! : 0)
    return rest > 0 ? [{ itemId, quantity: rest }] : []
  })
  return { ...event, name, lines }
}

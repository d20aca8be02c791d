import { expect, test } from "vitest"
import type { Event, ProductLine } from "../../../src/core/history/event.ts"
import { fold } from "../../../src/core/history/fold.ts"
import { emptyHistory } from "../../../src/core/history/history.ts"
import { maxOrderLines, maxOrders } from "../../../src/core/history/limits.ts"
import { orderStateOf } from "../../../src/core/history/order-counts.ts"

const hour = 3_600_000
const pieces = (quantities: Record<string, number>): ProductLine[] =>
  Object.entries(quantities).map(([itemId, quantity]) => ({ itemId, quantity, price: 10 }))
const told = (hours: number, name: string, quantities = {}, properties = {}): Event => ({
  messageId: `${name} ${hours}`,
  at: hours * hour,
  name,
  lines: pieces(quantities),
  properties: { orderId: "o-1", ...properties },
})
const placed = told(1, "Order Completed", { a: 2, b: 1 })
/** The history of the events, and the same of the events in reverse. */
const after = (...events: Event[]) => {
  const history = fold(emptyHistory, events)
  expect(fold(emptyHistory, events.toReversed())).toEqual(history)
  return history
}
const itemsOf = (...events: Event[]) =>
  Object.fromEntries(
    Object.entries(after(...events).items).map(([id, { purchases, quantity, returns }]) => [
      id,
      [purchases, quantity, returns],
    ]),
  )
const stateOf = (...events: Event[]) => orderStateOf(after(...events).ordersByNumber["o-1"]!)

test("an order told by a browser and by a server is one, of the earlier time", () => {
  const history = after(placed, told(2, "Order Completed", { a: 2, b: 1 }), {
    ...placed,
    properties: { orderId: "#o-1 " },
  })
  expect(history).toMatchObject({ orders: 1, lastOrderAt: hour })
  expect(history.items.a).toEqual({
    views: 0,
    carts: 0,
    purchases: 1,
    quantity: 2,
    returns: 0,
    lastAt: 2 * hour,
    purchaseTimes: [hour],
  })
  expect(history.recent).toHaveLength(2)
})

test("orders without a number stay one each", () => {
  const anonymous = (hours: number) => told(hours, "Order Completed", { a: 1 }, { orderId: undefined })
  expect(after(anonymous(1), anonymous(2), placed)).toMatchObject({
    orders: 3,
    items: { a: { purchases: 3, quantity: 4 } },
  })
})

test("an order told in parts has the lines of all parts", () => {
  expect(itemsOf(told(1, "Order Completed", { a: 2 }), told(1, "Order Completed", { b: 1 }))).toEqual({
    a: [1, 2, 0],
    b: [1, 1, 0],
  })
})

test("the lines of the latest update hold, once the order is placed", () => {
  const [first, second] = [told(2, "Order Updated", { b: 4 }), told(3, "Order Updated", { a: 1, c: 3 })]
  expect(itemsOf(placed, first, second)).toEqual({ a: [1, 1, 0], b: [0, 0, 0], c: [1, 3, 0] })
  expect(after(first).orders).toBe(0)
})

test("an order cancelled by its number alone is none, and one cancelled in part is the rest", () => {
  expect(after(placed, told(2, "Order Cancelled"))).toMatchObject({ orders: 0, lastOrderAt: null, recent: [] })
  expect(itemsOf(placed, told(2, "Order Cancelled"))).toEqual({ a: [0, 0, 0], b: [0, 0, 0] })
  expect(stateOf(placed, told(2, "Order Cancelled"))).toBe("cancelled")
  expect(itemsOf(placed, told(2, "Order Cancelled", { a: 1 }))).toEqual({ a: [1, 1, 0], b: [1, 1, 0] })
})

test("a refund that names only the order takes all of it back; one of lines only those, and no more than was bought", () => {
  expect(itemsOf(placed, told(2, "Order Refunded"))).toEqual({ a: [1, 2, 2], b: [1, 1, 1] })
  expect(stateOf(placed, told(2, "Order Refunded"))).toBe("refunded")
  const twice = [told(2, "Order Refunded", { a: 1 }), told(3, "Order Refunded", { a: 1 })]
  expect(itemsOf(placed, ...twice)).toEqual({ a: [1, 2, 1], b: [1, 1, 0] })
  expect(itemsOf(placed, told(2, "Order Refunded", { a: 1 }), told(50, "Product Returned", { a: 9 }))).toEqual({
    a: [1, 2, 1 + 1],
    b: [1, 1, 0],
  })
})

test("two refunds with ids of their own are two, also on one day", () => {
  const refund = (id: number) => told(2, "Order Refunded", { a: 1 }, { refundId: id })
  expect(itemsOf(placed, refund(1), refund(1), refund(2)).a).toEqual([1, 2, 1 + 1])
})

test("a refund far below what the order cost is of money alone", () => {
  // Three pieces at 10 each; a total that was told stands for their sum.
  expect(itemsOf(placed, told(2, "Order Refunded", {}, { total: 5 }))).toEqual({ a: [1, 2, 0], b: [1, 1, 0] })
  expect(itemsOf(placed, told(2, "Order Refunded", {}, { total: 30 }))).toEqual({ a: [1, 2, 2], b: [1, 1, 1] })
})

test("what came back of an order that nobody told of still came back", () => {
  expect(itemsOf(told(2, "Order Refunded", { a: 1 }))).toEqual({ a: [0, 0, 1] })
  expect(stateOf(told(2, "Order Refunded", { a: 1 }))).toBe("open")
})

test("a browser's order counts once a trusted source tells the same number, with that source's lines where it has any", () => {
  const claim: Event = { ...told(1, "Order Completed", { x: 9 }), trust: "claimed" }
  expect(after(claim)).toMatchObject({ orders: 0, items: {}, stage: "discover" })
  expect(stateOf(claim)).toBe("claimed")
  expect(itemsOf(claim, told(2, "Order Completed"))).toEqual({ x: [1, 9, 0] })
  expect(after(claim, told(2, "Order Completed", { a: 1 }))).toMatchObject({
    orders: 1,
    lastOrderAt: 2 * hour,
    items: { a: { purchases: 1 }, x: { purchases: 0, quantity: 0 } },
  })
  for (const name of ["Order Shipped", "Order Updated", "Delivery Delayed"])
    expect(after(claim, told(2, name))).toMatchObject({ orders: 1, items: { x: { quantity: 9 } } })
  for (const name of ["Order Cancelled", "Order Refunded", "Complaint Opened", "Delivery Delayed"])
    expect(after(placed, { ...told(2, name), trust: "claimed" })).toMatchObject({ ...after(placed), lastAt: 2 * hour })
})

test("an order keeps the times of its life", () => {
  const history = after(placed, told(5, "Order Shipped"), told(30, "Order Delivered"), told(31, "Delivery Completed"))
  expect(history.ordersByNumber["o-1"]).toMatchObject({ placedAt: hour, shippedAt: 5 * hour, deliveredAt: 30 * hour })
  expect(stateOf(placed, told(5, "Order Shipped"))).toBe("shipped")
  expect(stateOf(placed, told(5, "Order Shipped"), told(30, "Order Delivered"))).toBe("delivered")
})

test("numbers are bounded: the oldest is forgotten, what it counted for is not", () => {
  const many = Array.from({ length: maxOrders + 5 }, (_, n) =>
    told(n + 1, "Order Completed", { a: 1 }, { orderId: `o-${n}` }),
  )
  const history = after(...many)
  expect(Object.keys(history.ordersByNumber)).toHaveLength(maxOrders)
  expect(history).toMatchObject({ orders: maxOrders + 5, otherOrders: { count: 5, lastAt: 5 * hour } })
  expect(history.items.a).toMatchObject({ purchases: maxOrders + 5, quantity: maxOrders + 5 })
  const large = Object.fromEntries(Array.from({ length: 700 }, (_, n) => [`item-${n}`, 1]))
  const three = [1, 2, 3].map((n) => told(n, "Order Completed", large, { orderId: `large-${n}` }))
  expect(Object.keys(after(...three).ordersByNumber)).toHaveLength(Math.floor(maxOrderLines / 700))
})

test("however many orders browsers make up, those that a trusted source told are remembered", () => {
  const claims = Array.from(
    { length: maxOrders + 20 },
    (_, n): Event => ({
      ...told(n + 2, "Order Completed", { x: 1 }, { orderId: `made-up-${n}` }),
      trust: "claimed",
    }),
  )
  const { ordersByNumber, orders } = after(placed, ...claims)
  expect(Object.keys(ordersByNumber)).toHaveLength(maxOrders)
  expect(ordersByNumber["o-1"]).toMatchObject({ placedAt: hour })
  expect(orders).toBe(1)
})

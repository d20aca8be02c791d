import fc from "fast-check"
import { expect, test } from "vitest"
import type { Event } from "../../../src/core/history/event.ts"
import { fold } from "../../../src/core/history/fold.ts"
import { emptyHistory } from "../../../src/core/history/history.ts"
import { createItemFacts } from "../../../src/core/possession/item-facts.ts"
import { dayMs } from "../../../src/core/time/durations.ts"

const nowMs = Date.UTC(2026, 5, 1, 12)
const itemIds = ["a", "b"] as const

/** One order of a life: what was bought, what came back of it, and when it arrived, if it did. */
const anyOrder = fc.record({
  placedDaysAgo: fc.integer({ min: 1, max: 60 }),
  pieces: fc.record({ a: fc.integer({ min: 0, max: 3 }), b: fc.integer({ min: 0, max: 3 }) }),
  back: fc.record({ a: fc.integer({ min: 0, max: 3 }), b: fc.integer({ min: 0, max: 3 }) }),
  isDelivered: fc.boolean(),
  isCancelled: fc.boolean(),
})
type AnyOrder = typeof anyOrder extends fc.Arbitrary<infer T> ? T : never

const linesOf = (pieces: AnyOrder["pieces"]) =>
  itemIds.flatMap((itemId) => (pieces[itemId] > 0 ? [{ itemId, quantity: pieces[itemId] }] : []))
const backOf = ({ pieces, back }: AnyOrder, itemId: "a" | "b") => Math.min(pieces[itemId], back[itemId])

function eventsOf(order: AnyOrder, n: number): Event[] {
  const at = nowMs - order.placedDaysAgo * dayMs
  const properties = { orderId: `order-${n}` }
  const event = (name: string, hours: number, lines: Event["lines"] = []): Event => ({
    ...{ messageId: `${n} ${name}`, name, lines, properties },
    at: at + hours * 3_600_000 + n,
  })
  const returned = linesOf({ a: backOf(order, "a"), b: backOf(order, "b") })
  return [
    event("Order Completed", 0, linesOf(order.pieces)),
    ...(order.isDelivered ? [event("Order Delivered", 12)] : []),
    ...(returned.length > 0 ? [event("Product Returned", 20, returned)] : []),
    ...(order.isCancelled ? [event("Order Cancelled", 22)] : []),
  ]
}

test("facts are what a plain recount of the orders says, in whatever order the events came", () => {
  fc.assert(
    fc.property(fc.array(anyOrder, { maxLength: 6 }), fc.integer(), (orders, salt) => {
      const events = orders.flatMap(eventsOf)
      const shuffled = events
        .map((event, n) => ({ event, key: Math.sin(salt + n) }))
        .sort((x, y) => x.key - y.key)
        .map(({ event }) => event)
      const facts = createItemFacts(fold(emptyHistory, shuffled), nowMs)
      const standing = orders.map((order, n) => ({ order, n })).filter(({ order }) => !order.isCancelled)
      const isTold = orders.some(({ isDelivered }) => isDelivered)
      for (const itemId of itemIds) {
        const bought = standing.filter(({ order }) => order.pieces[itemId] > 0)
        const pieces = bought.reduce((sum, { order }) => sum + order.pieces[itemId], 0)
        const back = bought.reduce((sum, { order }) => sum + backOf(order, itemId), 0)
        const kept = bought.filter(({ order }) => backOf(order, itemId) < order.pieces[itemId])
        const found = facts(itemId)
        expect(found.returned).toBe(back > 0 && pieces === back)
        expect(found.bought).toBeCloseTo(pieces === 0 ? 0 : bought.length * (1 - back / pieces), 9)
        expect(found.boughtAt).toEqual(
          kept.map(({ order, n }) => nowMs - order.placedDaysAgo * dayMs + n).sort((x, y) => x - y),
        )
        expect(found.onItsWay).toBe(
          kept.some(({ order }) => !order.isDelivered && order.placedDaysAgo <= (isTold ? 30 : 7)),
        )
      }
    }),
  )
})

test("what was put into the cart is in it until the next order", () => {
  const event = (name: string, hours: number, itemId: string): Event => ({
    ...{ messageId: `${name} ${hours}`, name, lines: [{ itemId, quantity: 1 }], properties: {} },
    at: nowMs + hours * 3_600_000,
  })
  const facts = createItemFacts(
    fold(emptyHistory, [
      event("Product Added", -9, "a"),
      event("Order Completed", -8, "c"),
      event("Product Added", -7, "b"),
    ]),
    nowMs,
  )
  expect(facts("a").inCart).toBe(false)
  expect(facts("b").inCart).toBe(true)
})

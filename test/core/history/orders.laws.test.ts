import fc from "fast-check"
import { describe, expect, test } from "vitest"
import type { Event } from "../../../src/core/history/event.ts"
import { fold } from "../../../src/core/history/fold.ts"
import { emptyHistory, type History } from "../../../src/core/history/history.ts"
import { mergeHistories } from "../../../src/core/history/merge-histories.ts"
import { countsOf } from "../../../src/core/history/order-counts.ts"

const day = 86_400_000
const names = ["Order Completed", "Order Updated", "Order Cancelled", "Order Refunded", "Product Returned"]
const quantities = fc.dictionary(fc.constantFrom("a", "b", "__proto__"), fc.integer({ min: 1, max: 3 }), { maxKeys: 3 })
const anyEvent: fc.Arbitrary<Event> = fc
  .record({
    messageId: fc.uuid(),
    at: fc.integer({ min: 1, max: 12 }).map((n) => (n * day) / 4),
    name: fc.constantFrom(...names, "Order Completed", "Product Viewed", "Order Shipped", "Order Delivered"),
    pieces: quantities,
    number: fc.constantFrom("o1", "o2", "o3", undefined),
    total: fc.constantFrom(undefined, 5, 100),
    isClaimed: fc.boolean(),
  })
  .map(({ messageId, at, name, pieces, number, total, isClaimed }) => ({
    messageId,
    at,
    name,
    lines: Object.entries(pieces).map(([itemId, quantity]) => ({ itemId, quantity, price: 10 })),
    properties: { ...(number && { orderId: number }), ...(total && { total }) },
    ...(isClaimed && { trust: "claimed" as const }),
  }))
const shuffled = fc
  .array(anyEvent, { maxLength: 25 })
  .chain((events) =>
    fc.tuple(fc.constant(events), fc.shuffledSubarray(events, { minLength: events.length }), fc.nat(events.length)),
  )
const foldOf = (events: readonly Event[]) => fold(emptyHistory, events)

describe("the laws of orders", () => {
  test("in whatever order and groups their events come, orders end the same", () => {
    fc.assert(
      fc.property(shuffled, ([events, inOtherOrder, cut]) => {
        const [a, b] = [foldOf(inOtherOrder.slice(0, cut)), foldOf(inOtherOrder.slice(cut))]
        const whole = foldOf(events)
        expect(mergeHistories(a, b)).toEqual(whole)
        expect(mergeHistories(b, a)).toEqual(whole)
        expect(inOtherOrder.reduce((history, event) => fold(history, [event]), emptyHistory)).toEqual(whole)
      }),
    )
  })

  test("merging is associative", () => {
    fc.assert(
      fc.property(fc.array(anyEvent), fc.array(anyEvent), fc.array(anyEvent), (x, y, z) => {
        const [a, b, c] = [foldOf(x), foldOf(y), foldOf(z)]
        expect(mergeHistories(mergeHistories(a, b), c)).toEqual(mergeHistories(a, mergeHistories(b, c)))
      }),
    )
  })

  test("what is told twice of numbered orders counts once", () => {
    fc.assert(
      fc.property(fc.array(anyEvent), (events) => {
        const numbered = events.filter(({ name, properties }) => properties.orderId && name !== "Product Viewed")
        expect(foldOf([...numbered, ...numbered])).toEqual(foldOf(numbered))
      }),
    )
  })

  test("the counts of items, interactions and orders are the sums over the orders", () => {
    fc.assert(
      fc.property(fc.array(anyEvent), (events) => {
        const history = foldOf(events.filter(({ name, properties }) => properties.orderId && name !== "Product Viewed"))
        const counts = Object.values(history.ordersByNumber).map(countsOf)
        const placed = counts.flatMap(({ at }) => at ?? []).sort((a, b) => a - b)
        expect([history.orders, history.lastOrderAt]).toEqual([placed.length, placed.at(-1) ?? null])
        for (const [itemId, item] of Object.entries(history.items)) {
          const bought = counts.filter((one) => Object.hasOwn(one.bought, itemId))
          expect(item).toMatchObject({
            purchases: bought.length,
            quantity: bought.reduce((sum, one) => sum + one.bought[itemId]!, 0),
            returns: counts.reduce(
              (sum, { returned }) => sum + (Object.hasOwn(returned, itemId) ? returned[itemId]! : 0),
              0,
            ),
            purchaseTimes: bought.map(({ at }) => at!).sort((a, b) => a - b),
          })
        }
        expect(history.recent).toHaveLength(counts.reduce((sum, { interactions }) => sum + interactions.length, 0))
      }),
    )
  })

  test("a browser's word alone is no order, whatever it says", () => {
    fc.assert(
      fc.property(fc.array(anyEvent), (events) => {
        const history = foldOf(
          events
            .filter(({ name }) => name !== "Product Viewed")
            .map((event) => ({ ...event, trust: "claimed" as const })),
        )
        expect(history).toMatchObject({ items: {}, recent: [], orders: 0, lastOrderAt: null, stage: "discover" })
      }),
    )
  })

  test("a history with orders survives being stored as JSON", () => {
    fc.assert(
      fc.property(fc.array(anyEvent), (events) => {
        const history = foldOf(events)
        expect(JSON.parse(JSON.stringify(history)) as History).toEqual(history)
      }),
    )
  })
})

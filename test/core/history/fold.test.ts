import fc from "fast-check"
import { describe, expect, test } from "vitest"
import type { Event } from "../../../src/core/history/event.ts"
import { fold } from "../../../src/core/history/fold.ts"
import { emptyHistory, type History, openCases } from "../../../src/core/history/history.ts"
import { maxItems, maxPurchaseTimes, maxRecent } from "../../../src/core/history/limits.ts"
import { mergeHistories } from "../../../src/core/history/merge-histories.ts"

const names = [
  "Product Viewed",
  "Product Added",
  "Order Completed",
  "Product Returned",
  "Page Viewed",
  "Delivery Delayed",
  "Order Delivered",
  "Complaint Opened",
  "Complaint Resolved",
  "Something Else",
]
const line = fc.record({
  itemId: fc.constantFrom("a", "b", "c", "__proto__"),
  quantity: fc.integer({ min: 1, max: 5 }),
})
const anyEvent: fc.Arbitrary<Event> = fc.record({
  messageId: fc.uuid(),
  at: fc.integer({ min: 1, max: 40 }),
  name: fc.constantFrom(...names),
  lines: fc.array(line, { maxLength: 3 }),
  properties: fc.record({ orderId: fc.constantFrom("o1", "o2"), complaintId: fc.constantFrom("k1", "__proto__") }),
})
const shuffled = fc
  .array(anyEvent, { maxLength: 60 })
  .chain((events) =>
    fc.tuple(fc.constant(events), fc.shuffledSubarray(events, { minLength: events.length }), fc.nat(events.length)),
  )

const foldOf = (events: readonly Event[]) => fold(emptyHistory, events)
const at = (atMs: number, name: string, given: Partial<Event> = {}): Event => ({
  messageId: `${atMs}`,
  at: atMs,
  name,
  lines: [],
  properties: {},
  ...given,
})

describe("the laws of folding", () => {
  test("the order of events makes no difference", () => {
    fc.assert(
      fc.property(shuffled, ([events, inOtherOrder]) => {
        expect(foldOf(inOtherOrder)).toEqual(foldOf(events))
      }),
    )
  })

  test("neither does their grouping: merging the folds of two parts is the fold of all", () => {
    fc.assert(
      fc.property(shuffled, ([events, inOtherOrder, cut]) => {
        const [a, b] = [inOtherOrder.slice(0, cut), inOtherOrder.slice(cut)]
        expect(mergeHistories(foldOf(a), foldOf(b))).toEqual(foldOf(events))
        expect(fold(foldOf(a), b)).toEqual(foldOf(events))
      }),
    )
  })

  test("an empty history adds nothing, and folding changes nothing that was given", () => {
    fc.assert(
      fc.property(fc.array(anyEvent), (events) => {
        const history = foldOf(events)
        const before = JSON.stringify(history)
        expect(mergeHistories(history, emptyHistory)).toEqual(history)
        expect(mergeHistories(emptyHistory, history)).toEqual(history)
        fold(history, events)
        expect(JSON.stringify(history)).toBe(before)
      }),
    )
  })

  test("a history survives being stored as JSON", () => {
    fc.assert(
      fc.property(fc.array(anyEvent), (events) => {
        const history = foldOf(events)
        expect(JSON.parse(JSON.stringify(history)) as History).toEqual(history)
      }),
    )
  })
})

test("an order counts once for an item however many of its lines have it", () => {
  const lines = [
    { itemId: "a", quantity: 2 },
    { itemId: "a", quantity: 1 },
  ]
  const history = foldOf([at(5, "Order Completed", { lines })])
  expect(history.items).toEqual({
    a: { views: 0, carts: 0, purchases: 1, quantity: 2 + 1, returns: 0, lastAt: 5, purchaseTimes: [5] },
  })
  expect(history).toMatchObject({ orders: 1, lastOrderAt: 5, recent: [{ itemId: "a", kind: "purchase", at: 5 }] })
})

test("the stage is that of the latest event that says one", () => {
  expect(foldOf([at(3, "Order Completed"), at(9, "Newsletter Opened"), at(1, "Complaint Opened")]).stage).toBe("access")
  expect(foldOf([at(3, "Product Viewed"), at(3, "Product Added")]).stage).toBe("buy")
})

test("a matter is open until it is closed, whichever word comes first, and may open again", () => {
  const opened = at(1, "Complaint Opened", { properties: { complaintId: "k1" } })
  const resolved = at(2, "Complaint Resolved", { properties: { complaintId: "k1" } })
  const again = at(3, "Complaint Opened", { properties: { complaintId: "k1" } })
  expect(openCases(foldOf([opened]).complaints)).toEqual(["k1"])
  expect(openCases(foldOf([resolved, opened]).complaints)).toEqual([])
  expect(openCases(foldOf([again, resolved, opened]).complaints)).toEqual(["k1"])
})

test("a delivery ends the delay of its order only", () => {
  const delay = (orderId: string) => at(1, "Delivery Delayed", { properties: { orderId } })
  const delivered = at(2, "Order Delivered", { properties: { orderId: "o1" } })
  expect(openCases(foldOf([delivered, delay("o1"), delay("o2")]).delays)).toEqual(["o2"])
})

test("a history is bounded, and the oldest is forgotten", () => {
  const views = Array.from({ length: maxItems + 10 }, (_, i) =>
    at(i + 1, "Order Completed", { lines: [{ itemId: `item-${i}`, quantity: 1 }] }),
  )
  const orders = Array.from({ length: 20 }, (_, i) =>
    at(5000 + i, "Order Completed", { lines: [{ itemId: "often", quantity: 1 }] }),
  )
  const history = foldOf([...views, ...orders])
  expect(Object.keys(history.items)).toHaveLength(maxItems)
  expect(history.items["item-0"]).toBeUndefined()
  expect(history.recent).toHaveLength(maxRecent)
  expect(history.items.often!.purchases).toBe(20)
  expect(history.items.often!.purchaseTimes).toEqual(orders.slice(-maxPurchaseTimes).map((order) => order.at))
})

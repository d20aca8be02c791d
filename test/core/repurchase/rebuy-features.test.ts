import fc from "fast-check"
import { expect, test } from "vitest"
import { itemIndex } from "../../../src/core/artifact/item-index.ts"
import { fold } from "../../../src/core/history/fold.ts"
import { emptyHistory } from "../../../src/core/history/history.ts"
import {
  customerColumns,
  customerFeatures,
  firstTimeColumns,
  firstTimeFeatures,
  pairColumns,
  pairWidth,
  writePairFeatures,
} from "../../../src/core/repurchase/rebuy-features.ts"
import {
  computeRepurchaseStatistics,
  statisticColumns,
  statisticOf,
} from "../../../src/core/repurchase/repurchase-statistics.ts"
import { visitsOf } from "../../../src/core/repurchase/visits.ts"

const day = 86_400_000
const horizonMs = 30 * day
const now = 400 * day

let messages = 0
const event = (name: string, daysAgo: number, ...itemIds: string[]) => ({
  messageId: String(messages++),
  at: now - daysAgo * day,
  name,
  lines: itemIds.map((itemId) => ({ itemId, quantity: 2 })),
  properties: {},
})
const order = (daysAgo: number, ...itemIds: string[]) => event("Order Completed", daysAgo, ...itemIds)
const historyOf = (...events: ReturnType<typeof event>[]) => fold(emptyHistory, events)

function pairOf(history: ReturnType<typeof historyOf>, itemId: string, others = [history]) {
  const items = itemIndex(others.flatMap(({ items: of }) => Object.keys(of)))
  const statistics = computeRepurchaseStatistics(others, items, horizonMs, now)
  const visits = visitsOf(history)
  const customer = customerFeatures(visits, horizonMs, now)
  const row = new Float32Array(pairWidth)
  writePairFeatures(
    { customer, visits, item: history.items[itemId]!, itemId },
    { items, statistics, horizonMs },
    now,
    row,
    0,
  )
  const own = (column: (typeof pairColumns)[number]) => row[customer.length + pairColumns.indexOf(column)]!
  return { row, own, visits, items, statistics }
}

test("several orders of a day are one visit", () => {
  const visits = visitsOf(historyOf(order(40, "a"), order(10.2, "a", "b"), order(10.1, "c")))
  expect(visits.times).toHaveLength(2)
  expect(visits.visitsAgoOf(now - 40 * day)).toBe(1)
  expect(visits.visitsAgoOf(now - 10.1 * day)).toBe(0)
  expect(visits.lastSize).toBe(3)
  expect(visits.meanSize).toBe(4 / 2)
})

test("what was bought again is counted as a repeat, shrunk towards a seventh of three lines", () => {
  const { repeatShare } = visitsOf(historyOf(order(40, "a", "b"), order(10, "a", "c")))
  expect(repeatShare).toBeCloseTo((1 + 3 / 7) / (4 + 3))
})

test("a need's gap is the mean time between purchases, and it is overdue by the time since the last over that gap", () => {
  const { own } = pairOf(historyOf(order(90, "a"), order(60, "a"), order(30, "a")), "a")
  expect(own("gap")).toBeCloseTo(Math.log1p(30))
  expect(own("since")).toBeCloseTo(Math.log1p(30))
  expect(own("overdue")).toBeCloseTo(Math.log1p(30 / 30))
  expect(own("purchases")).toBeCloseTo(Math.log1p(3))
})

test("what went back is not kept, and is known to have gone back", () => {
  const { own } = pairOf(historyOf(order(60, "a"), order(30, "a"), event("Order Refunded", 20, "a")), "a")
  expect(own("returned")).toBeCloseTo(2 / 4)
  expect(own("kept")).toBeCloseTo(Math.log1p(2 * (1 - 2 / 4)))
})

test("an item's rates are of those who bought and kept it: who sent all of it back counts for nothing", () => {
  const kept = historyOf(order(50, "a"), order(10, "a"))
  const sentBack = historyOf(order(50, "b"), event("Order Cancelled", 45, "b"), order(10, "a"))
  const { items, statistics } = pairOf(kept, "a", [kept, sentBack])
  const at = (itemId: string, column: (typeof statisticColumns)[number]) =>
    statisticOf(statistics, items.indexOf.get(itemId)!, column)
  expect(at("a", "share")).toBeCloseTo(2 / 2)
  expect(at("b", "share")).toBe(0)
  expect(at("b", "buyers")).toBe(0)
  const average = (1 + 1) / (1 + 2)
  expect(at("a", "rebuyRate")).toBeCloseTo((1 + 5 * average) / (1 + 5))
})

const anyHistory = fc
  .array(
    fc.record({
      name: fc.constantFrom("Order Completed", "Order Refunded", "Product Viewed", "Order Cancelled"),
      daysAgo: fc.double({ min: 0, max: 399, noNaN: true }),
      items: fc.array(fc.constantFrom("a", "b", "c", "d"), { minLength: 1, maxLength: 4 }),
    }),
    { minLength: 1, maxLength: 30 },
  )
  .map((events) => historyOf(...events.map(({ name, daysAgo, items }) => event(name, daysAgo, ...items))))

test("every feature of every history is a finite number, in as many columns as are named", () => {
  fc.assert(
    fc.property(fc.array(anyHistory, { minLength: 1, maxLength: 4 }), (histories) => {
      for (const history of histories) {
        const visits = visitsOf(history)
        const customer = customerFeatures(visits, horizonMs, now)
        expect(customer).toHaveLength(customerColumns.length)
        expect([...customer].every(Number.isFinite)).toBe(true)
        for (const itemId of Object.keys(history.items)) {
          if (history.items[itemId]!.purchaseTimes.length === 0) continue
          const { row, items, statistics } = pairOf(history, itemId, histories)
          expect(row).toHaveLength(customerColumns.length + pairColumns.length + statisticColumns.length)
          expect([...row].every(Number.isFinite)).toBe(true)
          const first = firstTimeFeatures(visits, { items, statistics }, "never seen")
          expect(first).toHaveLength(firstTimeColumns.length)
          expect(first.every(Number.isFinite)).toBe(true)
        }
      }
    }),
  )
})

import { expect, test } from "vitest"
import { itemIndex } from "../../../src/core/artifact/item-index.ts"
import {
  customerOrderFeatures,
  ownOrderFeatures,
  writeOrderFeatures,
} from "../../../src/core/preference/order-features.ts"
import { ordersOf } from "../../../src/core/preference/orders.ts"
import { bought, historyOf, viewed } from "../../support/release.ts"

const history = historyOf(bought(0, "a", "b"), bought(1, "c"), bought(4, "a"), viewed(5, "c"), bought(6, "b", "c"))
const items = itemIndex(["a", "b", "c", "d"])

test("orders are counted from the latest, views are none", () => {
  const { ordersAgoOf, count, meanSize, lastSize } = ordersOf(history)
  expect([...ordersAgoOf.values()]).toEqual([0, 1, 2, 3])
  expect({ count, meanSize, lastSize }).toEqual({ count: 4, meanSize: 6 / 4, lastSize: 2 })
})

test("of six lines three repeat an earlier one, shrunk towards a seventh by three lines", () => {
  expect(ordersOf(history).repeatShare).toBeCloseTo((3 + 3 / 7) / (6 + 3))
})

test("who never ordered has no orders and the usual share of repeats", () => {
  expect(ordersOf(historyOf(viewed(0, "a")))).toMatchObject({ count: 0, meanSize: 0, lastSize: 0, repeatShare: 1 / 7 })
})

/** The features of each of `a … d`, by name; the table says ln customers 1 and rebuy rate 2 of every item. */
function featuresOf(itemId: string): Record<string, number> {
  const candidates = Int32Array.of(2, 0, 3, 1)
  const slotOf = Int32Array.of(1, 3, 0, 2)
  const names = [...ownOrderFeatures, ...customerOrderFeatures]
  const width = names.length
  const features = new Float32Array(candidates.length * width)
  const table = Float32Array.from({ length: 6 * 4 }, (_, n) => [1, 0, 0, 0, 2, 0][n % 6]!)
  const layout = { ownOrders: 0, customerOrders: ownOrderFeatures.length, width }
  writeOrderFeatures(candidates, slotOf, history, items, table, features, layout)
  const from = slotOf[items.indexOf.get(itemId)!]! * width
  return Object.fromEntries(names.map((name, n) => [name, features[from + n]!]))
}

test("an item ordered in two of four orders, one and three orders ago, is described by both", () => {
  const { orderedShare, frequency, inLastOrder, closeness, gap, again, overdue } = featuresOf("a")
  expect(orderedShare).toBeCloseTo(2 / 4)
  expect(frequency).toBeCloseTo(Math.log1p(0.8 + 0.8 ** 3))
  expect(inLastOrder).toBe(0)
  expect(closeness).toBeCloseTo(1 / (1 + 1))
  expect(gap).toBeCloseTo(Math.log1p(1) / 2)
  expect(again).toBe(1)
  expect(overdue).toBeCloseTo(1 / (3 - 1) / 5)
})

test("what was never ordered has the customer's features only", () => {
  const features = featuresOf("d")
  for (const name of ownOrderFeatures) expect(features[name]).toBe(0)
  expect(features.orders).toBeCloseTo(Math.log(4) / 2)
  expect(features.knownBySize).toBeCloseTo((1 * Math.log(6 / 4)) / 2)
})

test("the rebuy rate counts for the customer's own items alone", () => {
  expect(featuresOf("b").ownRebuyRate).toBe(2)
  expect(featuresOf("b").rebuyByOrders).toBeCloseTo((2 * Math.log(4)) / 2)
  expect(featuresOf("d").ownRebuyRate).toBe(0)
})

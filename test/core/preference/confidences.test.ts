import { expect, test } from "vitest"
import { itemIndex } from "../../../src/core/artifact/item-index.ts"
import { netPurchases } from "../../../src/core/history/net-purchases.ts"
import { type ConfidenceWeights, confidencesOf } from "../../../src/core/preference/confidences.ts"
import { bought, eventOf, historyOf, viewed } from "../../support/release.ts"

const items = itemIndex(["a", "b", "c"])
const weights: ConfidenceWeights = { view: 0.25, cart: 0.5, purchase: 1, halfLifeDays: null }

function confidences(history: ReturnType<typeof historyOf>, change: Partial<ConfidenceWeights> = {}) {
  const { index, confidence } = confidencesOf(history, items, { ...weights, ...change })
  return Object.fromEntries([...index].map((row, n) => [items.ids[row], confidence[n]]))
}

test("purchases, carts and views add up by their weights, each with its logarithm", () => {
  const history = historyOf(
    bought(0, "a"),
    bought(1, "a"),
    bought(2, "a"),
    eventOf("Product Added", 0, "a"),
    viewed(0, "b"),
  )
  expect(confidences(history)).toEqual({ a: 1 * Math.log2(1 + 3) + 0.5 * Math.log2(1 + 1), b: 0.25 * Math.log2(1 + 1) })
})

test("a thousand views say ten times what one says", () => {
  const thousand = historyOf(...Array.from({ length: 1023 }, (_, n) => viewed(n / 2000, "a")))
  expect(confidences(thousand).a).toBeCloseTo(10 * confidences(historyOf(viewed(0, "a"))).a!)
})

test("what went back counts for what was kept, and nothing if nothing was", () => {
  const half = historyOf(bought(0, "a"), bought(1, "a"), eventOf("Order Refunded", 2, "a"))
  expect(netPurchases(half.items.a!)).toBe(2 * (1 - 1 / 2))
  expect(confidences(historyOf(bought(0, "a"), viewed(0, "a"), eventOf("Product Returned", 1, "a")))).toEqual({})
  expect(confidences(historyOf(eventOf("Product Returned", 1, "a")))).toEqual({})
  expect(confidences(historyOf(viewed(0, "a"), eventOf("Product Returned", 1, "a")))).toEqual({})
})

test("confidence halves with age before the customer's latest interaction", () => {
  const history = historyOf(bought(0, "a"), bought(20, "b"))
  expect(confidences(history, { halfLifeDays: 10 })).toEqual({ a: 2 ** -(20 / 10), b: 1 })
})

test("items that the release does not know are left out", () => {
  expect(confidences(historyOf(bought(0, "a", "unknown")))).toEqual({ a: 1 })
})

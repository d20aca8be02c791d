import { expect, test } from "vitest"
import { priceRange } from "../../../src/core/propensity/price-range.ts"
import { bought, historyOf } from "../../support/release.ts"

const paid = { mean: Math.log(10), within: 0.5, between: 0.25 }
const rangeOf = (...prices: number[]) => {
  const history = historyOf(...prices.map((price, day) => bought(-day, `at-${price}`)))
  const range = priceRange(history, (itemId) => Math.log(Number(itemId.slice(3))), paid)
  return (price: number) => range(Math.log(price))
}

test("of a stranger a price counts by how many purchases of the shop cost as much, beside the middle price", () => {
  // Two deviations of sqrt(0.5² + 0.25²) above the mean: 2.28 % of purchases, beside the half above the middle.
  const dear = Math.exp(paid.mean + 2 * Math.hypot(paid.within, paid.between))
  expect(rangeOf()(dear)).toBeCloseTo(Math.log(0.02275 / 0.5), 3)
  expect(rangeOf()(10)).toBeCloseTo(0, 6)
  expect(rangeOf()(2)).toBe(0)
})

test("who buys dear things has a higher range, and more purchases reach further", () => {
  expect(rangeOf(30, 31, 32)(40)).toBeGreaterThan(rangeOf(10)(40))
  expect(rangeOf(10, 9, 11, 10.5, 9.5)(20)).toBeGreaterThan(rangeOf(10)(20))
})

test("a price beyond all measure and an unknown one stay finite", () => {
  expect(Number.isFinite(rangeOf(10)(1e9))).toBe(true)
  expect(rangeOf(10)(Number.NaN)).toBe(0)
})

import { expect, test } from "vitest"
import { largestItem, mostOfItem, mostSends, withItemLimits } from "../../../src/core/plan/item-limits.ts"
import { optimizePlan } from "../../../src/core/plan/optimize-plan.ts"
import { request } from "../../support/plans.ts"

const [customers, items] = [100, 50]
/** Every customer may get every item; item 0 is worth most to all. */
const candidates = {
  offsets: Int32Array.from({ length: customers + 1 }, (_, n) => n * items),
  item: Int32Array.from({ length: customers * items }, (_, row) => row % items),
  value: Float64Array.from({ length: customers * items }, (_, row) => 10 - (row % items) / 10),
  keep: new Float64Array(customers * items).fill(0.9),
  money: new Float64Array(customers * items).fill(1),
}
const limits = {
  money: 1e6,
  volume: 1e6,
  stock: Array.from({ length: items }, () => Number.POSITIVE_INFINITY),
  contacts: 1,
  promise: 0,
  floor: 0,
}
const asked = (maxItemShare?: number) =>
  request({
    budgets: { money: 1e6, volume: 1e6, ...(maxItemShare !== undefined && { maxItemShare }) },
    holdoutShare: 0,
  })

test("without limits everybody would get the one dearest item", () => {
  expect(largestItem(optimizePlan(candidates, limits), candidates)).toBe(customers)
})

test("one item has a tenth of the sends at most, unless the plan says otherwise", () => {
  const most = mostSends(candidates, limits)
  expect(most).toBe(customers)
  const plan = optimizePlan(candidates, withItemLimits(limits, most, asked()))
  expect(plan.rows).toHaveLength(customers)
  expect(largestItem(plan, candidates)).toBe(10)
  const wide = optimizePlan(candidates, withItemLimits(limits, most, asked(0.5)))
  expect(largestItem(wide, candidates)).toBe(50)
})

test("of few items each may have three times an equal share, and a limit never forbids an item", () => {
  expect(mostOfItem(100, { stock: [9, 9, 9] }, asked())).toBe(Number.POSITIVE_INFINITY)
  expect(mostOfItem(100, { stock: new Array(6) }, asked())).toBe(50)
  expect(mostOfItem(3, { stock: new Array(50) }, asked())).toBe(1)
})

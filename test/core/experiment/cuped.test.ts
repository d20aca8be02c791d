import { expect, test } from "vitest"
import { createRandom, normal } from "../../../models/random.ts"
import { adjustByPooled, adjustCrossFitted, adjustmentGroups } from "../../../src/core/experiment/cuped.ts"
import { addMoments, momentsOf } from "../../../src/core/experiment/moments.ts"

/** Customers whose outcome is 3 · first covariate + noise + lift; the second covariate says nothing. */
function customersOf(count: number, lift: number, seed: number): number[][] {
  const random = createRandom(seed, 0x637570)
  return Array.from({ length: count }, () => {
    const covariate = 5 + normal(random)
    return [3 * covariate + normal(random) + lift, covariate, normal(random)]
  })
}

const grouped = (rows: readonly number[][]) =>
  Array.from({ length: adjustmentGroups }, (_, group) =>
    momentsOf(
      rows.filter((_, n) => n % adjustmentGroups === group),
      3,
    ),
  )

const arms = [customersOf(8000, 0, 1), customersOf(8000, 0.5, 2)]

test.each([
  ["pooled", () => adjustByPooled(arms.map((rows) => momentsOf(rows, 3)))],
  ["cross-fitted", () => adjustCrossFitted(arms.map(grouped))],
])("%s slopes leave the noise alone, of variance 1 in place of 10, and the lift", (_, adjust) => {
  const [control, treatment] = adjust()
  expect(control!.variance).toBeCloseTo(1, 1)
  expect(treatment!.mean - control!.mean).toBeCloseTo(0.5, 1)
  expect(control!.unadjustedMean).toBeCloseTo(15, 0)
})

test("cross-fitting does not credit covariates that say nothing", () => {
  const random = createRandom(4, 0x637570)
  const rows = Array.from({ length: 400 }, () => Array.from({ length: 9 }, () => normal(random)))
  const groups = Array.from({ length: adjustmentGroups }, (_, group) =>
    momentsOf(
      rows.filter((_, n) => n % adjustmentGroups === group),
      9,
    ),
  )
  const raw = addMoments(groups, 9)
  const variance = (raw.products[0]! - raw.sums[0]! ** 2 / raw.count) / (raw.count - 1)
  expect(adjustByPooled([raw])[0]!.variance).toBeLessThan(variance)
  expect(adjustCrossFitted([groups])[0]!.variance).toBeGreaterThan(variance)
})

test("a covariate that never changes, and one told twice, do no harm", () => {
  const rows = arms[0]!.map(([outcome, covariate]) => [outcome!, covariate!, 7, covariate!])
  const [reading] = adjustByPooled([momentsOf(rows, 4)])
  expect(reading!.variance).toBeCloseTo(1, 1)
})

test("with too few customers for a slope the reading is the plain one", () => {
  const rows = arms[0]!.slice(0, 20)
  const plain = rows.reduce((sum, [outcome]) => sum + outcome!, 0) / 20
  const [reading] = adjustByPooled([momentsOf(rows, 3)])
  expect(reading!.mean).toBeCloseTo(plain, 12)
})

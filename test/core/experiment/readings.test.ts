import { expect, test } from "vitest"
import { createRandom, normal } from "../../../models/random.ts"
import { alwaysValidMultiplier, readAlwaysValid } from "../../../src/core/experiment/always-valid.ts"
import { readMean, readProportion, readRatio } from "../../../src/core/experiment/arm-reading.ts"
import { effectOf } from "../../../src/core/experiment/effect.ts"
import { readFixedHorizon } from "../../../src/core/experiment/fixed-horizon.ts"
import { addMoments, momentsOf } from "../../../src/core/experiment/moments.ts"
import { posteriorOf } from "../../../src/core/experiment/posterior.ts"

const control = readProportion({ count: 1000, sum: 100 })
const treatment = readProportion({ count: 1000, sum: 150 })
const effect = effectOf(control, treatment)!

test("an absolute effect is the difference, its variance the sum of both", () => {
  expect(effect.estimate).toBeCloseTo(0.05, 12)
  expect(effect.error).toBeCloseTo(Math.sqrt((0.1 * 0.9) / 1000 + (0.15 * 0.85) / 1000), 12)
})

test("a relative effect is that ÷ the control's mean, whose own error counts too", () => {
  const relative = effectOf(control, treatment, "relative")!
  expect(relative.estimate).toBeCloseTo(0.5, 12)
  const variance = (0.15 * 0.85) / 1000 / 0.1 ** 2 + ((0.1 * 0.9) / 1000) * (0.15 ** 2 / 0.1 ** 4)
  expect(relative.error).toBeCloseTo(Math.sqrt(variance), 12)
})

test("nothing is said of an arm without events, without customers, or relative to 0", () => {
  expect(effectOf(readProportion({ count: 50, sum: 0 }), treatment)).toBeNull()
  expect(effectOf(readProportion({ count: 0, sum: 0 }), treatment)).toBeNull()
  const around0 = readMean(momentsOf([[-1], [1]], 1))
  expect(effectOf(around0, treatment, "relative")).toBeNull()
})

test("at a planned end the always-valid interval is about half as wide again as the fixed one, and widens on both sides", () => {
  const options = { level: 0.05, plannedCustomers: 10_000 }
  const at = (count: number) => alwaysValidMultiplier(count, options) / 1.959964
  expect(at(10_000)).toBeLessThan(1.56)
  expect(at(1_000)).toBeGreaterThan(at(5_000))
  expect(at(100_000)).toBeGreaterThan(at(20_000))
})

test("a p-value of a level belongs to the interval that just leaves 0 out", () => {
  const options = { level: 0.05, plannedCustomers: 2000 }
  const multiplier = alwaysValidMultiplier(2000, options)
  const borderline = { ...effect, estimate: multiplier * effect.error }
  expect(readAlwaysValid(borderline, options).low).toBeCloseTo(0, 12)
  expect(readAlwaysValid(borderline, options).pValue).toBeCloseTo(0.05, 10)
  const fixed = readFixedHorizon(effect, 0.05)
  expect(readFixedHorizon(effect, fixed.pValue).low).toBeCloseTo(0, 10)
})

test("looked at after every hundredth customer, the always-valid interval misses the truth less often than one in twenty", () => {
  const runs = 400
  let missed = 0
  for (let run = 0; run < runs; run++) {
    const random = createRandom(run, 0x6373)
    let arms = [momentsOf([], 1), momentsOf([], 1)]
    for (let look = 1; look <= 40; look++) {
      arms = arms.map((arm) =>
        addMoments(
          [
            arm,
            momentsOf(
              Array.from({ length: 50 }, () => [normal(random)]),
              1,
            ),
          ],
          1,
        ),
      )
      const { low, high } = readAlwaysValid(effectOf(readMean(arms[0]!), readMean(arms[1]!))!, {
        level: 0.05,
        plannedCustomers: 4000,
      })
      if (low <= 0 && high >= 0) continue
      missed++
      break
    }
  }
  expect(missed / runs).toBeLessThan(0.05)
  expect(missed).toBeGreaterThan(0)
})

test("a ratio of two equal columns is 1 for everybody, and has no variance", () => {
  const reading = readRatio(
    momentsOf(
      [1, 2, 5].map((value) => [value, value]),
      2,
    ),
  )
  expect(reading.mean).toBe(1)
  expect(reading.variance).toBeCloseTo(0, 12)
})

test("a ratio's variance lets the events of one customer depend on each other", () => {
  const random = createRandom(3, 0x726174)
  const rows = Array.from({ length: 20_000 }, () => {
    const rate = random()
    return [Array.from({ length: 10 }, () => Number(random() < rate)).reduce((sum, one) => sum + one, 0), 10]
  })
  const { mean, variance } = readRatio(momentsOf(rows, 2))
  expect(mean).toBeCloseTo(0.5, 1)
  expect(variance).toBeCloseTo(1 / 12 + 1 / 6 / 10, 2)
})

test("under a flat prior the posterior is the estimate, under a sharp one the prior", () => {
  expect(posteriorOf(effect, 0.05)).toMatchObject({ mean: effect.estimate, error: effect.error })
  expect(posteriorOf(effect, 0.05, { mean: 0, variance: 1e-12 }).mean).toBeCloseTo(0, 6)
})

test("an arm's expected losses differ by the mean effect", () => {
  const { expectedLoss, mean } = posteriorOf(effect, 0.05)
  expect(expectedLoss.control - expectedLoss.treatment).toBeCloseTo(mean, 12)
})

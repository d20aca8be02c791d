import { expect, test } from "vitest"
import { binomial } from "../../../models/bench/experiments/draws.ts"
import { cappedValue, clickRate, proportion } from "../../../models/bench/experiments/metrics.ts"
import { expectedEvents, simulateAll } from "../../../models/bench/experiments/simulate.ts"
import { simulateCell } from "../../../models/bench/experiments/simulate-cell.ts"
import { clippedAt99, varianceCut } from "../../../models/bench/experiments/variance-cut.ts"
import { createRandom, normal } from "../../../models/random.ts"

test.each([
  [50, 0.02],
  [400, 0.3],
  [400, 0.9],
])("draws of %d at %d have the binomial mean and variance", (n, p) => {
  const random = createRandom(1, n)
  const draws = Array.from({ length: 40_000 }, () => binomial(random, n, p))
  const mean = draws.reduce((sum, one) => sum + one, 0) / draws.length
  const variance = draws.reduce((sum, one) => sum + (one - mean) ** 2, 0) / draws.length
  expect(Math.abs(mean - n * p)).toBeLessThan(4 * Math.sqrt((n * p * (1 - p)) / draws.length))
  expect(variance / (n * p * (1 - p))).toBeCloseTo(1, 1)
})

test.each([proportion(0.05), cappedValue(0.05, 2), clickRate()])("$name has the mean that it says", (metric) => {
  const arm = metric.arm(2)
  arm.add(createRandom(2, 7), 200_000)
  const { mean, variance, count } = arm.read()
  expect(Math.abs(mean - metric.truth(2))).toBeLessThan(4 * Math.sqrt(variance / count))
  expect(arm.events() / count / metric.rate(2)).toBeCloseTo(1, 1)
})

test("experiments without an effect hardly ever stop, those with a large one mostly", () => {
  const cell = { metric: 1, share: 0.5, daily: 100, experiments: 100, seed: 1 }
  expect(simulateCell({ ...cell, lift: 1 }).everStopped).toBeLessThan(10)
  const lifted = simulateCell({ ...cell, lift: 2 })
  expect(lifted.everStopped).toBeGreaterThan(80)
  expect(lifted.everMissed).toBeLessThan(10)
})

test("threads simulate every kind once: 36 without an effect, 120 with one", async () => {
  const cells = await simulateAll({ experiments: 1, seed: 1, threads: 2 })
  expect(cells.filter(({ lift }) => lift === 1)).toHaveLength(36)
  expect(cells).toHaveLength(156)
  const kind = { metric: 0, daily: 1000, lift: 1, experiments: 1, seed: 1 }
  expect(expectedEvents({ ...kind, share: 0.1 })).toBeCloseTo(60 * 1000 * 0.1 * 0.01, 9)
})

test("a covariate of half the variance cuts half of it", () => {
  const random = createRandom(3, 5)
  const covariate = Float64Array.from({ length: 8000 }, () => normal(random))
  const outcome = covariate.map((one) => one + normal(random))
  expect(varianceCut(outcome, [covariate], createRandom(4))).toBeCloseTo(0.5, 1)
})

test("of 200 values the two largest are clipped to the next", () =>
  expect(clippedAt99(Array.from({ length: 200 }, (_, n) => n)).slice(-3)).toEqual(Float64Array.of(197, 197, 197)))

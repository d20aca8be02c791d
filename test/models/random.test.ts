import { expect, test } from "vitest"
import { createRandom, gamma, hashNormal, normal, weighted } from "../../models/random.ts"

const draws = 20_000
const sample = (draw: (index: number) => number) => Array.from({ length: draws }, (_, index) => draw(index))
const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length
const variance = (values: readonly number[]) => mean(values.map((value) => value ** 2)) - mean(values) ** 2
const within = (standardDeviation: number) => (4 * standardDeviation) / Math.sqrt(draws)

test("a stream is its numbers: the same again, and another for any other number", () => {
  const first = sample(createRandom(7, 1))
  expect(sample(createRandom(7, 1))).toEqual(first)
  for (const other of [createRandom(7, 2), createRandom(8, 1), createRandom(7), createRandom(7, 1, 0)]) {
    const pairs = sample(other).map((value, index) => (value - 0.5) * (first[index]! - 0.5) * 12)
    expect(Math.abs(mean(pairs))).toBeLessThan(within(1))
  }
})

test("uniform draws have mean 1/2 and variance 1/12, and stay in [0, 1)", () => {
  const values = sample(createRandom(3))
  expect(Math.abs(mean(values) - 1 / 2)).toBeLessThan(within(Math.sqrt(1 / 12)))
  expect(Math.abs(variance(values) - 1 / 12)).toBeLessThan(0.003)
  expect(values.every((value) => value >= 0 && value < 1)).toBe(true)
})

test("normal draws, of a stream and of a hash, have mean 0 and variance 1", () => {
  const random = createRandom(4)
  for (const values of [sample(() => normal(random)), sample((index) => hashNormal(4, index))]) {
    expect(Math.abs(mean(values))).toBeLessThan(within(1))
    expect(Math.abs(variance(values) - 1)).toBeLessThan(within(Math.SQRT2))
  }
})

test.each([0.5, 1, 4])("gamma draws of shape %d have mean 1 and variance 1 / shape", (shape) => {
  const random = createRandom(5)
  const values = sample(() => gamma(random, shape))
  expect(Math.abs(mean(values) - 1)).toBeLessThan(within(Math.sqrt(1 / shape)))
  expect(Math.abs(variance(values) - 1 / shape)).toBeLessThan(0.25 / shape)
})

test("a weighted draw falls on each index in proportion to its weight, and never on 0", () => {
  const random = createRandom(6)
  const weights = [1, 0, 3]
  const counts = [0, 0, 0]
  for (const index of sample(() => weighted(random, weights, 4))) counts[index]!++
  expect(counts[1]).toBe(0)
  expect(Math.abs(counts[0]! / draws - 1 / 4)).toBeLessThan(within(Math.sqrt((1 / 4) * (3 / 4))))
})

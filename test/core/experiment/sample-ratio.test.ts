import { expect, test } from "vitest"
import { sampleRatioLevel, testSampleRatio } from "../../../src/core/experiment/sample-ratio.ts"

test("arms exactly as meant alarm nobody", () =>
  expect(testSampleRatio([500, 500], [1, 1])).toMatchObject({ pValue: 1, alwaysValidPValue: 1 }))

test("chi-squared of 60 : 40 in place of 50 : 50 is 4", () =>
  expect(testSampleRatio([60, 40], [0.5, 0.5]).pValue).toBeCloseTo(0.0455, 4))

test("51 : 49 is nothing among a thousand and an alarm among a hundred thousand", () => {
  expect(testSampleRatio([510, 490], [1, 1]).alwaysValidPValue).toBe(1)
  expect(testSampleRatio([51_000, 49_000], [1, 1]).alwaysValidPValue).toBeLessThan(sampleRatioLevel)
})

test("the mean of the mixture ratio over all samples of 12 in three arms is one", () => {
  const shares = [0.5, 0.3, 0.2]
  const factorial = (n: number): number => (n < 2 ? 1 : n * factorial(n - 1))
  let mean = 0
  for (let a = 0; a <= 12; a++) {
    for (let b = 0; a + b <= 12; b++) {
      const counts = [a, b, 12 - a - b]
      const probability = counts.reduce(
        (product, count, arm) => (product * shares[arm]! ** count) / factorial(count),
        factorial(12),
      )
      mean += probability * Math.exp(testSampleRatio(counts, shares).logEvidence)
    }
  }
  expect(mean).toBeCloseTo(1, 10)
})

test("nobody assigned, or one arm alone, alarms nobody", () => {
  expect(testSampleRatio([0, 0], [1, 1]).alwaysValidPValue).toBe(1)
  expect(testSampleRatio([10], [1]).pValue).toBe(1)
})

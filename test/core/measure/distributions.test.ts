import { expect, test } from "vitest"
import { chiSquaredShareAbove, gammaShareAbove, logGamma } from "../../../src/core/measure/gamma-distribution.ts"
import { normalCdf, normalQuantile } from "../../../src/core/measure/normal-distribution.ts"
import { studentQuantile, studentTwoSided } from "../../../src/core/measure/student-distribution.ts"

test("the gamma function of whole numbers is a factorial, that of a half √π", () => {
  expect(Math.exp(logGamma(6))).toBeCloseTo(120, 9)
  expect(Math.exp(logGamma(0.5))).toBeCloseTo(Math.sqrt(Math.PI), 12)
})

test("a gamma distribution of shape 1 is exponential, on both sides of its mean", () => {
  expect(gammaShareAbove(1, 0.2)).toBeCloseTo(Math.exp(-0.2), 14)
  expect(gammaShareAbove(1, 7)).toBeCloseTo(Math.exp(-7), 14)
  expect(gammaShareAbove(1, 0)).toBe(1)
})

test("two degrees of freedom make chi-squared exponential of mean 2", () =>
  expect(chiSquaredShareAbove(3, 2)).toBeCloseTo(Math.exp(-1.5), 14))

test("1.96 standard deviations leave 2.5 % in each tail, and tails keep their digits", () => {
  expect(normalCdf(-1.959963984540054)).toBeCloseTo(0.025, 14)
  expect(normalCdf(1.959963984540054)).toBeCloseTo(0.975, 14)
  expect(normalCdf(-10) / 7.61985302416047e-24).toBeCloseTo(1, 10)
})

test.each([1e-12, 0.001, 0.025, 0.5, 0.8, 0.9999])("the quantile of %d gives it back", (probability) =>
  expect(normalCdf(normalQuantile(probability)) / probability).toBeCloseTo(1, 9),
)

test("one degree of freedom is the Cauchy distribution", () => {
  expect(studentTwoSided(1, 1)).toBeCloseTo(0.5, 13)
  expect(studentQuantile(0.5, 1)).toBeCloseTo(1, 11)
  expect(studentQuantile(0.01, 1)).toBeCloseTo(Math.tan(Math.PI * 0.495), 6)
})

test("two degrees of freedom have P(|T| > t) = 1 − t / √(2 + t²)", () =>
  expect(studentTwoSided(3, 2)).toBeCloseTo(1 - 3 / Math.sqrt(11), 13))

test("with many degrees of freedom t is the normal quantile", () =>
  expect(studentQuantile(0.05, 1e7)).toBeCloseTo(1.959964, 5))

import { continuedFraction } from "./continued-fraction.ts"

const lanczos = [
  676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059, 12.507343278686905,
  -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7,
]

/** Returns ln Γ(x) for x > 0 (Lanczos 1964), to about 14 digits. */
export function logGamma(x: number): number {
  if (x < 0.5) return Math.log(Math.PI / Math.sin(Math.PI * x)) - logGamma(1 - x)
  const y = x - 1
  const series = lanczos.reduce((sum, weight, n) => sum + weight / (y + n + 1), 0.99999999999980993)
  const t = y + 7.5
  return 0.5 * Math.log(2 * Math.PI) + (y + 0.5) * Math.log(t) - t + Math.log(series)
}

const mostTerms = 10_000
const precision = 1e-16

/** Returns the share of a gamma distribution of this shape and scale 1 above x: Q(shape, x), by series or continued fraction. */
export function gammaShareAbove(shape: number, x: number): number {
  if (x <= 0) return 1
  if (x === Number.POSITIVE_INFINITY) return 0
  const front = Math.exp(shape * Math.log(x) - x - logGamma(shape))
  return x < shape + 1 ? 1 - front * seriesBelow(shape, x) : front * fractionAbove(shape, x)
}

/** Returns P(X > x) of the chi-squared distribution. */
export const chiSquaredShareAbove = (x: number, degreesOfFreedom: number): number =>
  gammaShareAbove(degreesOfFreedom / 2, x / 2)

function seriesBelow(shape: number, x: number): number {
  let term = 1 / shape
  let sum = term
  for (let n = 1; n < mostTerms && term > sum * precision; n++) {
    term *= x / (shape + n)
    sum += term
  }
  return sum
}

/** The continued fraction of the upper incomplete gamma function. */
const fractionAbove = (shape: number, x: number): number =>
  1 / continuedFraction(x + 1 - shape, (n) => [-n * (n - shape), x + 1 - shape + 2 * n], precision)

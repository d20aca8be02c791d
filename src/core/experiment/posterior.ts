import { normalCdf, normalDensity, normalQuantile } from "../measure/normal-distribution.ts"
import type { Effect } from "./effect.ts"

/** A normal distribution of effects, in the scale of the effect. */
export interface Prior {
  mean: number
  variance: number
}

export interface Posterior {
  mean: number
  error: number
  low: number
  high: number
  /** P(the treatment's metric is higher). */
  probabilityHigher: number
  /** Expected loss of the metric, where the arm that is chosen is the lower one. */
  expectedLoss: { control: number; treatment: number }
}

/** Returns the posterior of an effect under a normal prior, or under a flat one; `level` of it lies outside the interval. */
export function posteriorOf({ estimate, error }: Effect, level: number, prior?: Prior): Posterior {
  const precision = 1 / error ** 2 + (prior === undefined ? 0 : 1 / prior.variance)
  const weighed = estimate / error ** 2 + (prior === undefined ? 0 : prior.mean / prior.variance)
  const mean = weighed / precision
  const deviation = Math.sqrt(1 / precision)
  const width = normalQuantile(1 - level / 2) * deviation
  const z = mean / deviation
  const spread = deviation * normalDensity(z)
  return {
    mean,
    error: deviation,
    low: mean - width,
    high: mean + width,
    probabilityHigher: normalCdf(z),
    expectedLoss: { control: mean * normalCdf(z) + spread, treatment: spread - mean * normalCdf(-z) },
  }
}

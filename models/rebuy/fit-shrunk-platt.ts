import { fitLogistic, logit, sigmoid } from "../../src/core/measure/logistic-regression.ts"
import type { SlopedCalibrator } from "../../src/core/repurchase/rebuy.ts"

/** Predictions of clustered cases beside their outcomes. */
export interface ClusteredForecasts {
  predicted: number[]
  observed: number[]
  /** Customer of each case; cases of one customer are not independent. */
  customer: number[]
  /** Weight of each case, by default 1. */
  weight?: ArrayLike<number>
}

/** As if so many cases had come out just as was said, spread over these logits. */
const prior = { cases: 100, logits: [-3, -1.5, 0, 1.5, 3] }

/**
 * σ(a · logit + c) by log-loss (Platt 1999), every case weighing what it is worth among those of its customer, and held to what was said
 * by a few cases that agree with it: one window differs from the next, so a window alone does not turn everything.
 */
export function fitShrunkPlatt(forecasts: ClusteredForecasts): SlopedCalibrator {
  const { predicted, observed, weight } = forecasts
  const effect = designEffect(forecasts)
  const column = Float64Array.from([...predicted.map(logit), ...prior.logits])
  const targets = Float64Array.from([...observed, ...prior.logits.map(sigmoid)])
  const agreed = prior.cases / prior.logits.length
  const weights = Float64Array.from(column, (_, n) => (n < predicted.length ? (weight?.[n] ?? 1) / effect : agreed))
  const { intercept, coefficients } = fitLogistic([column], targets, { weights })
  const a = Math.max(0, coefficients[0]!)
  return { method: "platt", a, b: a, c: intercept }
}

/** Returns the design effect: the variance of the sum of residuals by customer over that of independent cases; at least 1 (Kish 1965). */
export function designEffect({ predicted, observed, customer, weight }: ClusteredForecasts): number {
  const misses = new Map<number, number>()
  let independent = 0
  for (let n = 0; n < predicted.length; n++) {
    const w = weight?.[n] ?? 1
    const miss = observed[n]! - predicted[n]!
    misses.set(customer[n]!, (misses.get(customer[n]!) ?? 0) + w * miss)
    independent += w * miss ** 2
  }
  const clustered = [...misses.values()].reduce((sum, miss) => sum + miss ** 2, 0)
  return independent === 0 ? 1 : Math.max(1, clustered / independent)
}

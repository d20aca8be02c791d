import { calibrationLine, expectedCalibrationError, logLoss } from "../../src/core/measure/calibration.ts"
import { type Calibrator, calibrate, fitCalibrator } from "../../src/core/measure/calibrator.ts"
import type { Estimate } from "../../src/core/measure/estimate.ts"
import { sigmoid } from "../../src/core/measure/logistic-regression.ts"
import { networkWeight, pooledPropensity } from "../../src/core/propensity/pool.ts"
import {
  type NetworkWeights,
  networkLogits,
  type PropensityNetwork,
} from "../../src/core/propensity/propensity-network.ts"
import { columnsOf, type PropensityExample, rowsOfOffers } from "./examples.ts"
import { fitNetwork } from "./fit-network.ts"
import { type NetworkParameters, propensityCandidates } from "./parameters.ts"
import { poolWeights } from "./pool-weights.ts"
import { knownPairs, logLossGain, priorForecasts, rateForecasts, tooFewBecause } from "./prior-forecasts.ts"
import { selectionWeights } from "./selection-weights.ts"

/** Metrics of a network on later decisions that it was not fitted to. */
interface PropensityTest {
  offered: number
  accepted: number
  logLoss: number
  /** Log-loss of smoothed rates by kind and channel on the same decisions. */
  ratesLogLoss: number
  /** Log-loss of what answers without a network: the prior, or those rates for want of one. */
  priorLogLoss: number
  /** Log-loss of both together, as they will serve. */
  pooledLogLoss: number
  /** Reduction of the prior's log-loss by both together, clustered by customer, in nats. */
  logLossGain: Estimate
  /** Over 20 equal-mass bins, as a share of the base rate. */
  eceToBase: number
  slope: number
  intercept: number
  calibration: Calibrator["method"]
}

export interface PropensityFit {
  /** `null`: the prior goes on, for the reason given. */
  network: PropensityNetwork | null
  blockedBecause: string | null
  test: PropensityTest | null
  /** The network's weight beside the prior, by kind and channel; other pairs keep to the prior. */
  weights: PropensityNetwork["known"]
  backend: string | null
}

/** Shares of the examples, in order of time, from which a network forecasts those up to the next share. */
const learntShares = [0.4, 0.7, 1] as const

/**
 * Learns P(accept | offered) from examples ascending in time. Networks fitted on the first four and seven tenths forecast the three tenths
 * after each, either half of these calibrated by the other; the later by those candidate parameters that forecast the earlier best, the
 * earlier by the first, so that no choice flatters the test. Where they add to the prior, one is fitted to everything and calibrated by
 * the last three tenths as they were forecast.
 */
export async function fitPropensity(
  examples: readonly PropensityExample[],
  attributeNames: readonly string[],
  candidates: readonly NetworkParameters[] = propensityCandidates,
): Promise<PropensityFit> {
  const counts = { offered: examples.length, accepted: examples.filter(({ accepted }) => accepted).length }
  const tooFew = tooFewBecause(counts)
  if (tooFew !== null) return { network: null, blockedBecause: tooFew, test: null, weights: [], backend: null }
  const [first, second, all] = learntShares.map((share) => Math.floor(share * examples.length))
  const tried: Forecast[] = []
  for (const candidate of candidates) tried.push(await forecastOf(examples, first!, second!, candidate))
  const losses = tried.map(({ forecasts }) => logLoss(forecasts))
  const parameters = candidates[losses.indexOf(Math.min(...losses))]!
  const late = await forecastOf(examples, second!, all!, parameters)
  const calibrator = fitCalibrator(late.forecasts)
  const { test, known } = testOf([tried[0]!, late], examples, first!, calibrator)
  if (known.length === 0) {
    const blockedBecause = "on later decisions it adds nothing to what is believed without it"
    return { network: null, blockedBecause, test, weights: [], backend: late.backend }
  }
  const { backend, ...fitted } = await fitSelected(examples, parameters)
  return {
    network: { ...fitted, calibrator, attributeNames, examples: examples.length, known },
    blockedBecause: null,
    test,
    weights: known,
    backend,
  }
}

interface Forecast {
  /** Before calibration. */
  forecasts: { predicted: Float64Array; observed: Float64Array }
  /** Forecasts of smoothed rates, and of the prior, from the same past. */
  rates: Float64Array
  prior: Float64Array
  backend: string
}

/** Returns forecasts for the examples in [`from`, `until`) by a network fitted to those before. */
async function forecastOf(
  examples: readonly PropensityExample[],
  from: number,
  until: number,
  parameters: NetworkParameters,
): Promise<Forecast> {
  const [past, later] = [examples.slice(0, from), examples.slice(from, until)]
  const { weights, rowOf, backend } = await fitSelected(past, parameters)
  const forecasts = { predicted: rawScores(weights, rowOf, later), observed: observedOf(later) }
  return { forecasts, rates: rateForecasts(past, later), prior: priorForecasts(past, later), backend }
}

export interface Calibrated {
  weights: NetworkWeights
  rowOf: Map<string, number>
  calibrator: Calibrator
  backend: string
}

/** Calibrated on later decisions as they were made, so that the optimism of what gets chosen is taken out. */
export async function fitCalibrated(
  past: readonly PropensityExample[],
  later: readonly PropensityExample[],
  parameters: NetworkParameters,
): Promise<Calibrated> {
  const { weights, rowOf, backend } = await fitSelected(past, parameters)
  const calibrator = fitCalibrator({ predicted: rawScores(weights, rowOf, later), observed: observedOf(later) })
  return { weights, rowOf, calibrator, backend }
}

/** Fits with weights that correct for what the logging policy seldom chose. */
async function fitSelected(examples: readonly PropensityExample[], parameters: NetworkParameters) {
  const rowOf = rowsOfOffers(examples)
  const correction = selectionWeights(examples.map(({ probability }) => probability))
  return { rowOf, ...(await fitNetwork(columnsOf(examples, rowOf, correction), rowOf.size, parameters)) }
}

/** The network's own probabilities, before calibration, one an example. */
function rawScores(
  weights: NetworkWeights,
  rowOf: ReadonlyMap<string, number>,
  examples: readonly PropensityExample[],
): Float64Array {
  const none = new Float32Array(0)
  const logitOf = networkLogits(weights, none, none)
  return Float64Array.from(examples, ({ offerId, features }) => sigmoid(logitOf(rowOf.get(offerId) ?? 0, features)))
}

/** Measures the forecasts of everything from `first` on, and weighs them beside the prior's. */
function testOf(
  tried: readonly Forecast[],
  examples: readonly PropensityExample[],
  first: number,
  { method }: Calibrator,
): { test: PropensityTest; known: PropensityNetwork["known"] } {
  const later = examples.slice(first)
  const observed = observedOf(later)
  const predicted = Float64Array.from(tried.flatMap(({ forecasts }) => calibratedAcross(forecasts)))
  const [rates, prior] = (["rates", "prior"] as const).map((name) =>
    Float64Array.from(tried.flatMap((forecast) => Array.from(forecast[name]))),
  ) as [Float64Array, Float64Array]
  const known = poolWeights(
    later.flatMap(({ kind, channel, accepted }, n) =>
      kind === "nothing" ? [] : [{ kind, channel, accepted, network: predicted[n]!, prior: prior[n]! }],
    ),
    knownPairs(examples),
  )
  const pooled = Float64Array.from(later, ({ kind, channel }, n) =>
    kind === "nothing" ? 0 : pooledPropensity(predicted[n]!, prior[n]!, networkWeight({ known }, kind, channel)),
  )
  const accepted = observed.reduce((sum, value) => sum + value, 0)
  const test = {
    offered: later.length,
    accepted,
    logLoss: logLoss({ predicted, observed }),
    ratesLogLoss: logLoss({ predicted: rates, observed }),
    priorLogLoss: logLoss({ predicted: prior, observed }),
    pooledLogLoss: logLoss({ predicted: pooled, observed }),
    logLossGain: logLossGain(prior, pooled, later),
    eceToBase: expectedCalibrationError({ predicted, observed }) / (accepted / later.length),
    ...calibrationLine({ predicted, observed }),
    calibration: method,
  }
  return { test, known }
}

/** Either half in order of time by the map that fits the other. */
function calibratedAcross({ predicted, observed }: Forecast["forecasts"]): number[] {
  const middle = Math.floor(predicted.length / 2)
  const by = (from: number, until: number) =>
    fitCalibrator({ predicted: predicted.subarray(from, until), observed: observed.subarray(from, until) })
  const [byFirst, bySecond] = [by(0, middle), by(middle, predicted.length)]
  return Array.from(predicted, (score, n) => calibrate(n < middle ? bySecond : byFirst, score))
}

const observedOf = (examples: readonly PropensityExample[]) =>
  Float64Array.from(examples, ({ accepted }) => (accepted ? 1 : 0))

import {
  type NetworkWeights,
  networkLogits,
  type PropensityNetwork,
} from "../../src/core/decision/propensity-network.ts"
import { calibrationLine, expectedCalibrationError, logLoss } from "../../src/core/measure/calibration.ts"
import { type Calibrator, calibrate, fitCalibrator } from "../../src/core/measure/calibrator.ts"
import type { Estimate } from "../../src/core/measure/estimate.ts"
import { sigmoid } from "../../src/core/measure/logistic-regression.ts"
import { columnsOf, type PropensityExample, rowsOfOffers } from "./examples.ts"
import { fitNetwork } from "./fit-network.ts"
import { knownPairs, leadOver, rateForecasts, reasonToWait } from "./hand-over.ts"
import { type NetworkParameters, propensityParameters } from "./parameters.ts"
import { selectionWeights } from "./selection-weights.ts"

/** How a network fitted and calibrated before did on decisions it never saw. */
export interface PropensityTest {
  offered: number
  accepted: number
  logLoss: number
  /** Of smoothed rates by kind and channel, on the same decisions. */
  ratesLogLoss: number
  /** By how much the network's log-loss is lower, customers being the unit. */
  lead: Estimate
  /** Over 20 equal-mass bins, as a share of the base rate. */
  eceToBase: number
  slope: number
  intercept: number
  calibration: Calibrator["method"]
}

export interface PropensityFit {
  /** `null`: smoothed rates go on, for the reason given. */
  network: PropensityNetwork | null
  reason: string | null
  test: PropensityTest | null
  backend: string | null
}

/** Shares of the examples, in order of time: learnt from, calibrated on, the rest tested on. */
export const windows = { fit: 0.6, calibrate: 0.2 }

/**
 * Learns P(accept | offered) from examples ascending in time: fitted on the first three fifths, calibrated on the next, tested on the
 * last; if it may take over from smoothed rates, fitted again on the first four fifths and calibrated on the last.
 */
export async function fitPropensity(
  examples: readonly PropensityExample[],
  factNames: readonly string[],
  parameters: NetworkParameters = propensityParameters,
): Promise<PropensityFit> {
  const counts = { offered: examples.length, accepted: examples.filter(({ accepted }) => accepted).length }
  const tooFew = reasonToWait(counts, null)
  if (tooFew !== null) return { network: null, reason: tooFew, test: null, backend: null }
  const calibrateFrom = Math.floor(examples.length * windows.fit)
  const testFrom = Math.floor(examples.length * (windows.fit + windows.calibrate))
  const tried = await fitCalibrated(
    examples.slice(0, calibrateFrom),
    examples.slice(calibrateFrom, testFrom),
    parameters,
  )
  const test = testOf(tried, examples.slice(0, testFrom), examples.slice(testFrom))
  const reason = reasonToWait(counts, test.lead)
  if (reason !== null) return { network: null, reason, test, backend: tried.backend }
  const { backend, ...fitted } = await fitCalibrated(examples.slice(0, testFrom), examples.slice(testFrom), parameters)
  return { network: { ...fitted, factNames, known: knownPairs(examples) }, reason: null, test, backend }
}

export interface Calibrated {
  weights: NetworkWeights
  rowOf: Map<string, number>
  calibrator: Calibrator
  backend: string
}

/** Weighted for selection while fitting; calibrated on decisions as they were made, so that the optimism of what gets chosen is taken out. */
export async function fitCalibrated(
  past: readonly PropensityExample[],
  later: readonly PropensityExample[],
  parameters: NetworkParameters,
): Promise<Calibrated> {
  const rowOf = rowsOfOffers(past)
  const correction = selectionWeights(past.map(({ probability }) => probability))
  const { weights, backend } = await fitNetwork(columnsOf(past, rowOf, correction), rowOf.size, parameters)
  const calibrator = fitCalibrator({ predicted: rawScores(weights, rowOf, later), observed: observedOf(later) })
  return { weights, rowOf, calibrator, backend }
}

/** The network's own probabilities, before calibration, one an example. */
export function rawScores(
  weights: NetworkWeights,
  rowOf: ReadonlyMap<string, number>,
  examples: readonly PropensityExample[],
): Float64Array {
  const none = new Float32Array(0)
  const logitOf = networkLogits(weights, none, none)
  return Float64Array.from(examples, ({ offerId, features }) => sigmoid(logitOf(rowOf.get(offerId) ?? 0, features)))
}

function testOf(
  { weights, rowOf, calibrator }: Calibrated,
  past: readonly PropensityExample[],
  examples: readonly PropensityExample[],
): PropensityTest {
  const observed = observedOf(examples)
  const predicted = rawScores(weights, rowOf, examples).map((score) => calibrate(calibrator, score))
  const rates = rateForecasts(past, examples)
  const accepted = observed.reduce((sum, value) => sum + value, 0)
  return {
    offered: examples.length,
    accepted,
    logLoss: logLoss({ predicted, observed }),
    ratesLogLoss: logLoss({ predicted: rates, observed }),
    lead: leadOver(rates, predicted, examples),
    eceToBase: expectedCalibrationError({ predicted, observed }) / (accepted / examples.length),
    ...calibrationLine({ predicted, observed }),
    calibration: calibrator.method,
  }
}

const observedOf = (examples: readonly PropensityExample[]) =>
  Float64Array.from(examples, ({ accepted }) => (accepted ? 1 : 0))

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

/** The share of the examples, in order of time, that a network learns from before later ones test and calibrate it. */
const learntShare = 0.7

/**
 * Learns P(accept | offered) from examples ascending in time: fitted on the first seven tenths, tested on the rest, either half of it calibrated
 * by the other; if it may take over from smoothed rates, calibrated on all of the rest and fitted again on everything.
 */
export async function fitPropensity(
  examples: readonly PropensityExample[],
  factNames: readonly string[],
  parameters: NetworkParameters = propensityParameters,
): Promise<PropensityFit> {
  const counts = { offered: examples.length, accepted: examples.filter(({ accepted }) => accepted).length }
  const tooFew = reasonToWait(counts, null)
  if (tooFew !== null) return { network: null, reason: tooFew, test: null, backend: null }
  const laterFrom = Math.floor(examples.length * learntShare)
  const [past, later] = [examples.slice(0, laterFrom), examples.slice(laterFrom)]
  const { weights, rowOf, backend } = await fitSelected(past, parameters)
  const forecasts = { predicted: rawScores(weights, rowOf, later), observed: observedOf(later) }
  const calibrator = fitCalibrator(forecasts)
  const test = testOf(forecasts, calibrator, past, later)
  const reason = reasonToWait(counts, test.lead)
  if (reason !== null) return { network: null, reason, test, backend }
  const fitted = await fitSelected(examples, parameters)
  const network = { weights: fitted.weights, rowOf: fitted.rowOf, calibrator }
  return {
    network: { ...network, factNames, examples: examples.length, known: knownPairs(examples) },
    reason: null,
    test,
    backend,
  }
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
  forecasts: { predicted: Float64Array; observed: Float64Array },
  { method }: Calibrator,
  past: readonly PropensityExample[],
  examples: readonly PropensityExample[],
): PropensityTest {
  const { observed } = forecasts
  const predicted = calibratedAcross(forecasts)
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
    calibration: method,
  }
}

/** Either half in order of time by the map that fits the other. */
function calibratedAcross({ predicted, observed }: { predicted: Float64Array; observed: Float64Array }): Float64Array {
  const middle = Math.floor(predicted.length / 2)
  const parts = [
    { scores: predicted.subarray(0, middle), by: [middle, predicted.length] },
    { scores: predicted.subarray(middle), by: [0, middle] },
  ] as const
  return Float64Array.from(
    parts.flatMap(({ scores, by: [from, until] }) => {
      const calibrator = fitCalibrator({
        predicted: predicted.subarray(from, until),
        observed: observed.subarray(from, until),
      })
      return Array.from(scores, (score) => calibrate(calibrator, score))
    }),
  )
}

const observedOf = (examples: readonly PropensityExample[]) =>
  Float64Array.from(examples, ({ accepted }) => (accepted ? 1 : 0))

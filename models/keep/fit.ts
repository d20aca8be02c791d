import {
  type KeepCertificate,
  type KeepModel,
  type KeepWeights,
  keepLogit,
  keepProbability,
} from "../../src/core/keep/keep.ts"
import { calibrationLine, expectedCalibrationError, logLoss } from "../../src/core/measure/calibration.ts"
import { type Calibrator, fitCalibrator } from "../../src/core/measure/calibrator.ts"
import { sigmoid } from "../../src/core/measure/logistic-regression.ts"
import { certifyCutoff } from "../../src/core/plan/certify-cutoff.ts"
import type { KeepExample } from "./examples.ts"
import { fitKeepNetwork } from "./fit-network.ts"
import { type KeepParameters, keepParameters } from "./parameters.ts"

/** Shares of the examples, in order of time: learnt from, calibrated on; the rest certifies. */
export const keepWindows = { fit: 0.6, calibrate: 0.2 }

/** Fewest examples to fit on sends: resolved sends, and of them those of the rarer result. */
export const neededSends = { resolved: 1000, rarer: 150 }
/** Fewest examples to fit on order lines. */
const neededLines = { resolved: 300, rarer: 30 }

/** Factor by which the odds of keeping an ordered item are reduced for an unasked one, until real sends are known. */
export const unaskedOdds = 6

/** Promises for which cut-offs are certified. */
const promises = [0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9]

interface KeepTest {
  resolved: number
  keptShare: number
  logLoss: number
  /** Log-loss of always predicting the kept share of the earlier windows. */
  shareLogLoss: number
  /** Expected calibration error over 20 equal-mass bins. */
  ece: number
  slope: number
}

export interface KeepFit {
  /** `null`: too little is known to say anything, for the reason given. */
  keep: KeepModel | null
  reason: string | null
  /** On the last window, which nothing was learnt from. */
  test: KeepTest | null
  backend: string | null
}

/**
 * Learns P(kept | sent unasked) from resolved sends ascending in time: fitted on the first three fifths, calibrated on the next and certified
 * on the last, with cut-offs that surely meet each promise. With too few sends it rests on lines of orders, and says so.
 */
export async function fitKeep(
  sends: readonly KeepExample[],
  lines: readonly KeepExample[],
  parameters: KeepParameters = keepParameters,
): Promise<KeepFit> {
  if (suffices(sends, neededSends)) return fitOn(sends, parameters)
  const reason = `${sends.length} resolved sends, ${rarerOf(sends)} of the rarer ending; ${neededSends.resolved} with ${neededSends.rarer} are needed`
  if (!suffices(lines, neededLines))
    return {
      keep: null,
      reason: `${reason}; and ${lines.length} lines of orders are too few`,
      test: null,
      backend: null,
    }
  const fitted = await fitOn(lines, parameters)
  return { ...fitted, reason, keep: fitted.keep && withUnaskedHandicap(fitted.keep) }
}

async function fitOn(examples: readonly KeepExample[], parameters: KeepParameters): Promise<KeepFit> {
  const calibrateFrom = Math.floor(examples.length * keepWindows.fit)
  const certifyFrom = Math.floor(examples.length * (keepWindows.fit + keepWindows.calibrate))
  const past = examples.slice(0, calibrateFrom)
  const { weights, backend } = await fitKeepNetwork(past, parameters)
  const calibrator = calibratorOn(weights, examples.slice(calibrateFrom, certifyFrom))
  const keep: KeepModel = { basis: "sends", weights, calibrator, certificates: [] }
  const later = examples.slice(certifyFrom)
  const test = testOf(keep, examples.slice(0, certifyFrom), later)
  return { keep: { ...keep, certificates: certificatesOf(keep, later) }, reason: null, test, backend }
}

const calibratorOn = (weights: KeepWeights, examples: readonly KeepExample[]): Calibrator =>
  fitCalibrator({
    predicted: Float64Array.from(examples, ({ features }) => sigmoid(keepLogit(weights, features))),
    observed: observedOf(examples),
  })

function certificatesOf(keep: KeepModel, examples: readonly KeepExample[]): KeepCertificate[] {
  const sends = examples.map(({ customerId, features, kept }) => ({
    customerId,
    keep: keepProbability(features, keep),
    kept,
  }))
  return promises.map((promise) => {
    const found = certifyCutoff(sends, promise)
    return {
      promise,
      cutoff: found?.cutoff ?? null,
      keptShare: found?.keptShare ?? null,
      lower: found?.lower ?? null,
      allowance: found === null ? null : Math.max(0, found.expected - found.lower),
      sends: found?.sends ?? 0,
    }
  })
}

function testOf(keep: KeepModel, past: readonly KeepExample[], examples: readonly KeepExample[]): KeepTest {
  const observed = observedOf(examples)
  const predicted = Float64Array.from(examples, ({ features }) => keepProbability(features, keep))
  const share = past.filter(({ kept }) => kept).length / past.length
  return {
    resolved: examples.length,
    keptShare: observed.reduce((sum, value) => sum + value, 0) / observed.length,
    logLoss: logLoss({ predicted, observed }),
    shareLogLoss: logLoss({ predicted: predicted.map(() => share), observed }),
    ece: expectedCalibrationError({ predicted, observed }),
    slope: calibrationLine({ predicted, observed }).slope,
  }
}

/** Reduces the odds of a model fitted on orders, which certify nothing. */
function withUnaskedHandicap(keep: KeepModel): KeepModel {
  const lower = Math.log(unaskedOdds)
  const { calibrator } = keep
  const certificates: KeepCertificate[] = []
  if (calibrator.method !== "isotonic")
    return { ...keep, basis: "purchases", certificates, calibrator: { ...calibrator, c: calibrator.c - lower } }
  const value = calibrator.value.map((p) => sigmoid(Math.log(p / (1 - p)) - lower))
  return { ...keep, basis: "purchases", certificates, calibrator: { ...calibrator, value } }
}

const rarerOf = (examples: readonly KeepExample[]) => {
  const kept = examples.filter((example) => example.kept).length
  return Math.min(kept, examples.length - kept)
}

const suffices = (examples: readonly KeepExample[], needed: { resolved: number; rarer: number }) =>
  examples.length >= needed.resolved && rarerOf(examples) >= needed.rarer

const observedOf = (examples: readonly KeepExample[]) => Float64Array.from(examples, ({ kept }) => (kept ? 1 : 0))

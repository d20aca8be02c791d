import { type Forecasts, logLoss } from "./calibration.ts"
import { applyIsotonic, fitIsotonic, type IsotonicFit } from "./isotonic.ts"
import { fitLogistic, sigmoid } from "./logistic-regression.ts"

/** Turns a score in (0, 1) into a probability; `platt` is `beta` with a = b. */
export type Calibrator =
  | ({ method: "isotonic" } & IsotonicFit)
  | { method: "platt" | "beta"; a: number; b: number; c: number }

export const identityCalibrator: Calibrator = { method: "platt", a: 1, b: 1, c: 0 }

/** Isotonic steps follow chance below about a thousand cases of the rarer outcome (Niculescu-Mizil and Caruana 2005). */
export const isotonicFrom = 1000
/** Below a hundred cases of the rarer outcome the second slope of the beta map is not worth its variance. */
export const betaFrom = 100

const clip = (score: number) => Math.min(1 - 1e-9, Math.max(1e-9, score))

/** The calibrated probability of a score. */
export function calibrate(calibrator: Calibrator, score: number): number {
  if (calibrator.method === "isotonic") return applyIsotonic(calibrator, score)
  const p = clip(score)
  return sigmoid(calibrator.a * Math.log(p) - calibrator.b * Math.log(1 - p) + calibrator.c)
}

/** Fits the map of least log-loss on held-out fifths, among those that the rarer outcome's count supports. */
export function fitCalibrator(forecasts: Forecasts): Calibrator {
  const positives = Array.from(forecasts.observed).reduce((sum, value) => sum + value, 0)
  const rarer = Math.min(positives, forecasts.observed.length - positives)
  const fits = [
    fitPlatt,
    ...(rarer >= betaFrom ? [fitBeta] : []),
    ...(rarer >= isotonicFrom ? [fitIsotonicCalibrator] : []),
  ]
  if (fits.length === 1) return fitPlatt(forecasts)
  const losses = fits.map((fitOne) => heldOutLoss(fitOne, forecasts))
  return fits[losses.indexOf(Math.min(...losses))]!(forecasts)
}

const folds = 5

/** Every fifth case is left out in turn. */
function heldOutLoss(fitOne: (forecasts: Forecasts) => Calibrator, { predicted, observed }: Forecasts): number {
  const calibrated = new Float64Array(predicted.length)
  for (let fold = 0; fold < folds; fold++) {
    const isSeen = (_: unknown, n: number) => n % folds !== fold
    const seen = { predicted: Array.from(predicted).filter(isSeen), observed: Array.from(observed).filter(isSeen) }
    const calibrator = fitOne(seen)
    for (let n = fold; n < predicted.length; n += folds) calibrated[n] = calibrate(calibrator, predicted[n]!)
  }
  return logLoss({ predicted: calibrated, observed })
}

/** The monotone map by pooling adjacent violators, kept off 0 and 1 by half a case at either end. */
function fitIsotonicCalibrator({ predicted, observed }: Forecasts): Calibrator {
  const { at, value } = fitIsotonic(predicted, observed)
  const floor = 0.5 / (predicted.length + 1)
  return { method: "isotonic", at, value: value.map((p) => Math.min(1 - floor, Math.max(floor, p))) }
}

/** σ(a · logit(score) + c) on Platt's smoothed targets (Platt 1999); a never negative. */
export function fitPlatt({ predicted, observed }: Forecasts): Calibrator {
  const positives = Array.from(observed).reduce((sum, value) => sum + value, 0)
  const high = (positives + 1) / (positives + 2)
  const low = 1 / (observed.length - positives + 2)
  const targets = Array.from(observed, (value) => low + value * (high - low))
  const logits = Float64Array.from(predicted, (score) => Math.log(clip(score) / (1 - clip(score))))
  const { intercept, coefficients } = fitLogistic([logits], targets)
  const a = coefficients[0]!
  return a > 0 ? { method: "platt", a, b: a, c: intercept } : constant(targets)
}

/** σ(a ln s − b ln(1 − s) + c) with a, b never negative (Kull, Silva Filho and Flach 2017). */
export function fitBeta({ predicted, observed }: Forecasts): Calibrator {
  const left = Float64Array.from(predicted, (score) => Math.log(clip(score)))
  const right = Float64Array.from(predicted, (score) => -Math.log(1 - clip(score)))
  const both = fitLogistic([left, right], observed)
  const [a, b] = both.coefficients as unknown as [number, number]
  if (a >= 0 && b >= 0) return { method: "beta", a, b, c: both.intercept }
  const single = fitLogistic([a < 0 ? right : left], observed)
  const slope = single.coefficients[0]!
  if (slope <= 0) return constant(observed)
  return { method: "beta", a: a < 0 ? 0 : slope, b: a < 0 ? slope : 0, c: single.intercept }
}

function constant(observed: ArrayLike<number>): Calibrator {
  const { intercept } = fitLogistic([], observed)
  return { method: "platt", a: 0, b: 0, c: intercept }
}

import { type Calibrator, calibrate } from "../measure/calibrator.ts"
import { sigmoid } from "../measure/logistic-regression.ts"

/** logit = bias + wide·x + out·relu(first x + firstBias) over standardised features x = (feature − center) · scale; `first` is row-major, inputs × hidden. */
export interface KeepWeights {
  inputs: number
  hidden: number
  center: Float32Array
  scale: Float32Array
  wide: Float32Array
  first: Float32Array
  firstBias: Float32Array
  out: Float32Array
  bias: number
}

/** Certificate of a promise on a later window that was not trained on. */
export interface KeepCertificate {
  promise: number
  /** Least P(keep | sent) at which sends meet the promise with 95 % confidence; `null`: none, so no goods may leave. */
  cutoff: number | null
  /** Kept share of those sends on that window, and its lower 95 % bound. */
  keptShare: number | null
  lower: number | null
  /** Mean prediction less lower bound: a plan must expect that much more than it promises. */
  allowance: number | null
  sends: number
}

/** Model of P(kept | sent unasked). */
export interface KeepModel {
  /** `purchases`: learnt from what was ordered and kept or returned, with its odds reduced by a stated factor; never sufficient for a parcel. */
  basis: "sends" | "purchases"
  weights: KeepWeights
  calibrator: Calibrator
  certificates: readonly KeepCertificate[]
}

/** Returns P(kept | sent unasked) of one customer and item, by their features in the order of `keepFeatureNames`. */
export const keepProbability = (features: Float32Array, { weights, calibrator }: KeepModel): number =>
  calibrate(calibrator, sigmoid(keepLogit(weights, features)))

/** The logit before calibration. */
export function keepLogit(weights: KeepWeights, features: Float32Array): number {
  const { inputs, hidden, center, scale, wide, first, firstBias, out } = weights
  const sums = Float64Array.from(firstBias)
  let logit = weights.bias
  for (let n = 0; n < inputs; n++) {
    const x = (features[n]! - center[n]!) * scale[n]!
    if (x === 0) continue
    logit += wide[n]! * x
    for (let h = 0; h < hidden; h++) sums[h]! += first[n * hidden + h]! * x
  }
  for (let h = 0; h < hidden; h++) if (sums[h]! > 0) logit += out[h]! * sums[h]!
  return logit
}

/** Returns the certificate for a promise, or for the next higher promise that has one. */
export const certificateFor = ({ certificates }: KeepModel, promise: number): KeepCertificate | null =>
  [...certificates].sort((a, b) => a.promise - b.promise).find((one) => one.promise >= promise - 1e-9) ?? null

import type { OfferKind } from "../catalogue/offer.ts"
import type { Channel } from "../customer/consent.ts"
import { type Calibrator, calibrate } from "../measure/calibrator.ts"
import { sigmoid } from "../measure/logistic-regression.ts"

/** The offer id under which outcomes of `nothing` are learnt; no offer can have it. */
export const nothingId = ""

/**
 * A small network over standardised features x and a learnt vector e of the offer:
 * logit = bias + offerBias + wide·x + e·(cross x) + out·relu(W₂ relu(W₁ [x, e] + b₁) + b₂).
 * Matrices are row-major, inputs × outputs.
 */
export interface NetworkWeights {
  /** Columns of x: situation, then facts, then candidate. */
  inputs: number
  embedding: number
  hidden: readonly [number, number]
  /** x = (feature − center) · scale, one value a feature. */
  center: Float32Array
  scale: Float32Array
  /** Row 0 stands for every offer that was not learnt; (offers + 1) × embedding, and one value a row. */
  offerVectors: Float32Array
  offerBias: Float32Array
  wide: Float32Array
  cross: Float32Array
  first: Float32Array
  firstBias: Float32Array
  second: Float32Array
  secondBias: Float32Array
  out: Float32Array
  bias: number
}

/** What serves P(accept | offered) once it was shown to be better than smoothed rates. */
export interface PropensityNetwork {
  weights: NetworkWeights
  /** Facts it takes as features, as `factFeatures` reads them. */
  factNames: readonly string[]
  /** An offer's row in `offerVectors`. */
  rowOf: ReadonlyMap<string, number>
  calibrator: Calibrator
  /** How many it was fitted to. */
  examples: number
  /** The offers of these kinds on these channels were often enough made to learn from; for others smoothed rates go on. */
  known: readonly { kind: OfferKind; channel: Channel }[]
}

export interface NetworkCandidate {
  offerId: string
  features: Float32Array
}

/** Calibrated probabilities, one a candidate. `situation` and `facts` are computed once for all. */
export function networkPropensities(
  { weights, rowOf, calibrator }: Pick<PropensityNetwork, "weights" | "rowOf" | "calibrator">,
  situation: Float32Array,
  facts: Float32Array,
  candidates: readonly NetworkCandidate[],
): Float64Array {
  const logitOf = networkLogits(weights, situation, facts)
  return Float64Array.from(candidates, ({ offerId, features }) =>
    calibrate(calibrator, sigmoid(logitOf(rowOf.get(offerId) ?? 0, features))),
  )
}

/** The uncalibrated logit of a candidate by its offer's row; what all candidates share is computed once. */
export function networkLogits(
  weights: NetworkWeights,
  situation: Float32Array,
  facts: Float32Array,
): (row: number, candidate: Float32Array) => number {
  const { embedding, hidden, offerVectors, offerBias, out, second, secondBias, first, inputs } = weights
  const [firstSize, secondSize] = hidden
  const shared = startSums(weights)
  addInputs(weights, shared, situation, 0)
  addInputs(weights, shared, facts, situation.length)
  const sums = { hidden: new Float64Array(firstSize), cross: new Float64Array(embedding), wide: 0 }
  const secondSums = new Float64Array(secondSize)
  return (row, candidate) => {
    sums.hidden.set(shared.hidden)
    sums.cross.set(shared.cross)
    sums.wide = shared.wide
    addInputs(weights, sums, candidate, situation.length + facts.length)
    let logit = weights.bias + offerBias[row]! + sums.wide
    for (let e = 0; e < embedding; e++) {
      const value = offerVectors[row * embedding + e]!
      logit += value * sums.cross[e]!
      addScaled(sums.hidden, first, (inputs + e) * firstSize, value)
    }
    secondSums.set(secondBias)
    for (let h = 0; h < firstSize; h++) {
      if (sums.hidden[h]! > 0) addScaled(secondSums, second, h * secondSize, sums.hidden[h]!)
    }
    for (let h = 0; h < secondSize; h++) if (secondSums[h]! > 0) logit += out[h]! * secondSums[h]!
    return logit
  }
}

interface Sums {
  hidden: Float64Array
  cross: Float64Array
  wide: number
}

/** The sums of features that are all 0, so that only others need to be added. */
function startSums(weights: NetworkWeights): Sums {
  const { firstBias, embedding, center, scale } = weights
  const sums = { hidden: Float64Array.from(firstBias), cross: new Float64Array(embedding), wide: 0 }
  for (let column = 0; column < center.length; column++)
    addInput(weights, sums, column, -center[column]! * scale[column]!)
  return sums
}

/** Adds features to the sums they feed, `from` being the first one's column. */
function addInputs(weights: NetworkWeights, sums: Sums, features: Float32Array, from: number): void {
  for (let n = 0; n < features.length; n++) {
    if (features[n] !== 0) addInput(weights, sums, from + n, features[n]! * weights.scale[from + n]!)
  }
}

function addInput(
  { wide, cross, first, hidden, embedding }: NetworkWeights,
  sums: Sums,
  column: number,
  x: number,
): void {
  sums.wide += wide[column]! * x
  addScaled(sums.cross, cross, column * embedding, x)
  addScaled(sums.hidden, first, column * hidden[0], x)
}

function addScaled(sums: Float64Array, matrix: Float32Array, from: number, factor: number): void {
  for (let n = 0; n < sums.length; n++) sums[n]! += matrix[from + n]! * factor
}

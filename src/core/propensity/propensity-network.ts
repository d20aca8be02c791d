import type { OfferKind } from "../catalogue/offer.ts"
import { type Calibrator, calibrate } from "../measure/calibrator.ts"
import { sigmoid } from "../measure/logistic-regression.ts"
import type { Channel } from "../schema/channel.ts"

/** The offer id under which outcomes of `nothing` are learnt; no offer can have it. */
export const nothingId = ""

/**
 * A small network over standardised features x and a learnt vector e of the offer:
 * logit = bias + offerBias + wide·x + e·(cross x) + out·relu(W₂ relu(W₁ [x, e] + b₁) + b₂).
 * Matrices are row-major, inputs × outputs.
 */
export interface NetworkWeights {
  /** Columns of x: context, then attributes, then candidate. */
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

/** The network that serves P(accept | offered) together with the prior, by what it adds on later decisions. */
export interface PropensityNetwork {
  weights: NetworkWeights
  /** Facts it takes as features, as `factFeatures` reads them. */
  attributeNames: readonly string[]
  /** An offer's row in `offerVectors`. */
  rowOf: ReadonlyMap<string, number>
  calibrator: Calibrator
  /** Number of examples that it was fitted to. */
  examples: number
  /** The kinds and channels whose offers were often enough made to learn from, with its weight beside the prior; others keep to the prior. */
  known: readonly { kind: OfferKind; channel: Channel; weight: number }[]
}

export interface NetworkCandidate {
  offerId: string
  features: Float32Array
}

/** Calibrated probabilities, one a candidate. `contextFeatures` and `attributes` are computed once for all. */
export function networkPropensities(
  { weights, rowOf, calibrator }: Pick<PropensityNetwork, "weights" | "rowOf" | "calibrator">,
  contextFeatures: Float32Array,
  attributes: Float32Array,
  candidates: readonly NetworkCandidate[],
): Float64Array {
  const logitOf = networkLogits(weights, contextFeatures, attributes)
  return Float64Array.from(candidates, ({ offerId, features }) =>
    calibrate(calibrator, sigmoid(logitOf(rowOf.get(offerId) ?? 0, features))),
  )
}

/** The uncalibrated logit of a candidate by its offer's row; what all candidates share is computed once. */
export function networkLogits(
  weights: NetworkWeights,
  contextFeatures: Float32Array,
  attributes: Float32Array,
): (row: number, candidate: Float32Array) => number {
  const { embedding, hidden, offerVectors, offerBias, out, second, secondBias, bias } = weights
  const [firstSize, secondSize] = hidden
  const table = tableOf(weights)
  const shared = table.start.slice()
  addInputs(table, shared, contextFeatures, 0)
  addInputs(table, shared, attributes, contextFeatures.length)
  const candidateFrom = contextFeatures.length + attributes.length
  const sums = new Float64Array(shared.length)
  const secondSums = new Float64Array(secondSize)
  return (row, candidate) => {
    sums.set(shared)
    addInputs(table, sums, candidate, candidateFrom)
    let logit = bias + offerBias[row]! + sums[firstSize + embedding]!
    for (let e = 0; e < embedding; e++) logit += offerVectors[row * embedding + e]! * sums[firstSize + e]!
    secondSums.set(secondBias)
    for (let h = 0; h < firstSize; h++) {
      const active = sums[h]! + table.ofOffers[row * firstSize + h]!
      if (active <= 0) continue
      for (let n = 0; n < secondSize; n++) secondSums[n]! += second[h * secondSize + n]! * active
    }
    for (let h = 0; h < secondSize; h++) if (secondSums[h]! > 0) logit += out[h]! * secondSums[h]!
    return logit
  }
}

/** The weights laid out for scoring: a row holds what one unit of a feature adds to the first hidden sums, the crossed ones and the wide one. */
interface ScoringTable {
  /** The sums where all features are 0, so that only others need to be added. */
  start: Float64Array
  /** inputs × sums. */
  rows: Float64Array
  /** Contribution of each offer's vector to the first hidden sums; offers × first hidden size. */
  ofOffers: Float64Array
}

const tables = new WeakMap<NetworkWeights, ScoringTable>()

function tableOf(weights: NetworkWeights): ScoringTable {
  const known = tables.get(weights)
  if (known) return known
  const table = layOut(weights)
  tables.set(weights, table)
  return table
}

function layOut(weights: NetworkWeights): ScoringTable {
  const { inputs, embedding, hidden, first, firstBias, cross, wide, center, scale, offerVectors, offerBias } = weights
  const firstSize = hidden[0]
  const width = firstSize + embedding + 1
  const start = new Float64Array(width)
  start.set(firstBias)
  const rows = new Float64Array(inputs * width)
  for (let input = 0; input < inputs; input++) {
    const row = rows.subarray(input * width, (input + 1) * width)
    row.set(first.subarray(input * firstSize, (input + 1) * firstSize))
    row.set(cross.subarray(input * embedding, (input + 1) * embedding), firstSize)
    row[width - 1] = wide[input]!
    for (let n = 0; n < width; n++) {
      row[n]! *= scale[input]!
      start[n]! -= center[input]! * row[n]!
    }
  }
  const ofOffers = new Float64Array(offerBias.length * firstSize)
  for (let offer = 0; offer < offerBias.length; offer++) {
    for (let e = 0; e < embedding; e++) {
      const value = offerVectors[offer * embedding + e]!
      for (let h = 0; h < firstSize; h++)
        ofOffers[offer * firstSize + h]! += first[(inputs + e) * firstSize + h]! * value
    }
  }
  return { start, rows, ofOffers }
}

/** Adds features to the sums they feed, `from` being the first one's row. */
function addInputs({ rows }: ScoringTable, sums: Float64Array, features: Float32Array, from: number): void {
  const width = sums.length
  for (let n = 0; n < features.length; n++) {
    const feature = features[n]!
    if (feature === 0) continue
    const row = (from + n) * width
    for (let sum = 0; sum < width; sum++) sums[sum]! += rows[row + sum]! * feature
  }
}

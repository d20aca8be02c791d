import type { RankerWeights } from "../../src/core/preference/ranker.ts"
import type { PackedLists } from "./packed-lists.ts"
import type { RankerGradients } from "./ranker-learner.ts"

/** Mean of each feature over candidates, and one over its deviation; 0 for a nearly constant feature. */
export interface FeatureScale {
  mean: Float64Array
  inverse: Float64Array
}

const leastDeviation = 1e-4

/** Measures the features of all candidates. */
export function featureScale(trainingWindows: readonly PackedLists[], width: number): FeatureScale {
  const sum = new Float64Array(width)
  const squares = new Float64Array(width)
  let count = 0
  for (const { features } of trainingWindows) {
    count += features.length / width
    for (let at = 0; at < features.length; at += width) {
      for (let k = 0; k < width; k++) {
        const value = features[at + k]!
        sum[k]! += value
        squares[k]! += value * value
      }
    }
  }
  const mean = sum.map((total) => total / Math.max(1, count))
  const inverse = squares.map((square, k) => {
    const deviation = Math.sqrt(Math.max(0, square / Math.max(1, count) - mean[k]! ** 2))
    return deviation > leastDeviation ? 1 / deviation : 0
  })
  return { mean, inverse }
}

/** The ranker that scores features as they are as the given one scores them less their mean over their deviation, but for a constant. */
export function unscaledWeights(weights: RankerWeights, { mean, inverse }: FeatureScale): RankerWeights {
  const width = mean.length
  const hidden = new Float32Array(weights.hidden.length)
  const bias = weights.bias.map((shift, unit) => {
    let moved = shift
    for (let k = 0; k < width; k++) {
      const weight = weights.hidden[unit * width + k]! * inverse[k]!
      hidden[unit * width + k] = weight
      moved -= weight * mean[k]!
    }
    return moved
  })
  return { hidden, bias, output: weights.output, linear: weights.linear.map((weight, k) => weight * inverse[k]!) }
}

/** Gradients by the weights for scaled features, from those by the weights for features as they are. */
export function scaledGradients(gradients: RankerGradients, { mean, inverse }: FeatureScale): RankerGradients {
  const width = mean.length
  return {
    ...gradients,
    hidden: gradients.hidden.map((slope, n) => {
      const k = n % width
      return (slope - gradients.bias[Math.floor(n / width)]! * mean[k]!) * inverse[k]!
    }),
    linear: gradients.linear.map((slope, k) => slope * inverse[k]!),
  }
}

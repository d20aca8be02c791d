import { createRankerKernel, type RankerKernel } from "../../src/core/preference/ranker-kernel.ts"

/** A ranker that serves, and what a change of its weights would do to the scores of the lists it scored. */
export interface RankerLearner extends RankerKernel {
  /** Sum of the gradients since `clearGradients`. */
  readonly gradients: RankerGradients
  clearGradients(): void
  /** Adds the gradient of Σ slope · score of the list scored last, one slope a candidate of `count`. */
  addGradient(slopes: Float64Array, count: number): void
}

/** One value a weight. */
export interface RankerGradients {
  hidden: Float32Array
  bias: Float32Array
  output: Float32Array
  linear: Float32Array
}

/** Room for lists of at most `longest` candidates; `width`, a multiple of four, is the number of features. */
export function createRankerLearner(width: number, units: number, longest: number): RankerLearner {
  const ranker = createRankerKernel(width, units, longest, (units + 1) * width * 4)
  const { kernel, most, featuresAt, activeAt, active, output } = ranker.trace
  const summed = kernel.arena.floats(ranker.spareAt, (units + 1) * width)
  const gradients: RankerGradients = {
    hidden: summed.subarray(0, units * width),
    linear: summed.subarray(units * width),
    bias: new Float32Array(units),
    output: new Float32Array(units),
  }
  return {
    ...ranker,
    gradients,
    clearGradients() {
      summed.fill(0)
      gradients.bias.fill(0)
      gradients.output.fill(0)
    },
    addGradient(slopes, count) {
      for (let unit = 0; unit < units; unit++) {
        const [from, factor] = [unit * most, output[unit]!]
        let own = 0
        let ofBias = 0
        for (let n = 0; n < count; n++) {
          const value = active[from + n]!
          const passed = value > 0 ? slopes[n]! * factor : 0
          own += value * slopes[n]!
          ofBias += passed
          active[from + n] = passed
        }
        gradients.output[unit]! += own
        gradients.bias[unit]! += ofBias
      }
      for (let n = 0; n < count; n++) active[units * most + n] = slopes[n]!
      kernel.addWeightedSums(activeAt, units + 1, most, featuresAt, count, width, ranker.spareAt)
    },
  }
}

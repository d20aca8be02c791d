import { createRankerKernel, type RankerKernel } from "../../src/core/preference/ranker-kernel.ts"
import { strideOf } from "../../src/kernel/kernel.ts"

/** A ranker that serves, and what a change of its weights would do to the scores of the list it scored last. */
export interface RankerLearner extends RankerKernel {
  /** Adds the gradient of Σ slope · score, one slope a candidate of `count`. */
  addGradient(slopes: Float64Array, count: number, gradients: RankerGradients): void
}

export interface RankerGradients {
  hidden: Float64Array
  bias: Float64Array
  output: Float64Array
  linear: Float64Array
}

/** Room for lists of at most `longest` candidates; `width`, a multiple of four, is the number of features. */
export function createRankerLearner(width: number, units: number, longest: number): RankerLearner {
  const room = strideOf(Math.max(1, longest))
  const ranker = createRankerKernel(width, units, longest, (width * room + room + width) * 4)
  const { kernel, most, features, active, output } = ranker.trace
  const turnedAt = ranker.spareAt
  const downAt = turnedAt + width * room * 4
  const slopeAt = downAt + room * 4
  const turned = kernel.arena.floats(turnedAt, width * room)
  const down = kernel.arena.floats(downAt, room)
  const slope = kernel.arena.floats(slopeAt, width)
  return {
    ...ranker,
    addGradient(slopes, count, gradients) {
      const stride = strideOf(count)
      for (let k = 0; k < width; k++) {
        const row = k * stride
        for (let n = 0; n < count; n++) turned[row + n] = features[n * width + k]!
        for (let n = count; n < stride; n++) turned[row + n] = 0
      }
      down.fill(0)
      const addTurned = (target: Float64Array, at: number) => {
        kernel.scores(turnedAt, width, stride, downAt, slopeAt)
        for (let k = 0; k < width; k++) target[at + k]! += slope[k]!
      }
      for (let n = 0; n < count; n++) down[n] = slopes[n]!
      addTurned(gradients.linear, 0)
      for (let unit = 0; unit < output.length; unit++) {
        let own = 0
        let ofBias = 0
        for (let n = 0; n < count; n++) {
          const value = active[unit * most + n]!
          const passed = value > 0 ? slopes[n]! * output[unit]! : 0
          own += value * slopes[n]!
          ofBias += passed
          down[n] = passed
        }
        gradients.output[unit]! += own
        gradients.bias[unit]! += ofBias
        addTurned(gradients.hidden, unit * width)
      }
    },
  }
}

import type { RankerWeights } from "../../src/core/preference/ranker.ts"
import { createKernel, strideOf } from "../../src/kernel/kernel.ts"

/** One list's scores and gradients on the SIMD kernel: the arithmetic of `forward` in core, in float32. */
export interface RankerKernel {
  /** Takes over the weights; to be called after every change. */
  load(weights: RankerWeights): void
  /** Writes one score a candidate of `count` × width features into `scores`. */
  score(features: Float32Array, count: number): Float64Array
  /** Adds the gradient of Σ slope · score, one slope a candidate of the list scored last. */
  addGradient(slopes: Float64Array, gradients: RankerGradients): void
}

export interface RankerGradients {
  hidden: Float64Array
  bias: Float64Array
  output: Float64Array
  linear: Float64Array
}

/** Room for lists of at most `longest` candidates; `width`, a multiple of four, is the number of features. */
export function createRankerKernel(width: number, units: number, longest: number): RankerKernel {
  const kernel = createKernel()
  const { arena } = kernel
  const most = strideOf(Math.max(1, longest))
  const featuresAt = arena.take(most * width * 4)
  const turnedAt = arena.take(width * most * 4)
  const hiddenAt = arena.take((units + 1) * width * 4)
  const sumsAt = arena.take((units + 1) * most * 4)
  const downAt = arena.take(most * 4)
  const slopeAt = arena.take(width * 4)
  const features = arena.floats(featuresAt, most * width)
  const turned = arena.floats(turnedAt, width * most)
  const hidden = arena.floats(hiddenAt, (units + 1) * width)
  const sums = arena.floats(sumsAt, (units + 1) * most)
  const down = arena.floats(downAt, most)
  const slope = arena.floats(slopeAt, width)
  const scores = new Float64Array(most)
  const bias = new Float32Array(units)
  const output = new Float32Array(units)
  let count = 0
  return {
    load(weights) {
      hidden.set(weights.hidden)
      hidden.set(weights.linear, units * width)
      bias.set(weights.bias)
      output.set(weights.output)
    },
    score(given, size) {
      count = size
      features.set(given)
      for (let unit = 0; unit <= units; unit++) {
        kernel.scores(featuresAt, count, width, hiddenAt + unit * width * 4, sumsAt + unit * most * 4)
      }
      for (let n = 0; n < count; n++) scores[n] = sums[units * most + n]!
      for (let unit = 0; unit < units; unit++) {
        for (let n = 0; n < count; n++) {
          const sum = sums[unit * most + n]! + bias[unit]!
          const active = sum > 0 ? sum : 0
          sums[unit * most + n] = active
          scores[n]! += active * output[unit]!
        }
      }
      return scores
    },
    addGradient(slopes, gradients) {
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
      for (let unit = 0; unit < units; unit++) {
        let own = 0
        let ofBias = 0
        for (let n = 0; n < count; n++) {
          const active = sums[unit * most + n]!
          const passed = active > 0 ? slopes[n]! * output[unit]! : 0
          own += active * slopes[n]!
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

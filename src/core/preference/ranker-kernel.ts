import { createKernel, type Kernel, strideOf } from "../../kernel/kernel.ts"
import type { Address } from "../../kernel/memory.ts"
import type { RankerWeights } from "./ranker.ts"

/** A ranker on the SIMD kernel: the arithmetic of `forward`, in float32, for lists of a bounded length. */
export interface RankerKernel {
  /** Takes over the weights; to be called after every change. */
  load(weights: RankerWeights): void
  /** Scores `count` candidates of width features each; the array is the next call's too. */
  score(features: Float32Array, count: number): Float64Array
  /** Activations of the last call, for gradients. */
  readonly trace: RankerTrace
}

/** The list scored last: its features, and each unit's activation by candidate, the linear one last, rows `most` apart; 0 where a unit is inactive. */
interface RankerTrace {
  readonly kernel: Kernel
  readonly most: number
  readonly featuresAt: Address
  readonly activeAt: Address
  readonly active: Float32Array
  readonly output: Float32Array
}

/** Room for lists of at most `longest` candidates; `width`, a multiple of four, is the number of features; `spare` bytes more stay for the caller. */
export function createRankerKernel(
  width: number,
  units: number,
  longest: number,
  spare = 0,
): RankerKernel & { spareAt: Address } {
  const kernel = createKernel()
  const { arena } = kernel
  const most = strideOf(Math.max(1, longest))
  const featuresAt = arena.take(most * width * 4)
  const hiddenAt = arena.take((units + 1) * width * 4)
  const activeAt = arena.take((units + 1) * most * 4)
  const spareAt = arena.take(spare)
  const features = arena.floats(featuresAt, most * width)
  const hidden = arena.floats(hiddenAt, (units + 1) * width)
  const active = arena.floats(activeAt, (units + 1) * most)
  const scores = new Float64Array(most)
  const bias = new Float32Array(units)
  const output = new Float32Array(units)
  return {
    spareAt,
    trace: { kernel, most, featuresAt, activeAt, active, output },
    load(weights) {
      hidden.set(weights.hidden)
      hidden.set(weights.linear, units * width)
      bias.set(weights.bias)
      output.set(weights.output)
    },
    score(given, count) {
      features.set(given)
      kernel.products(hiddenAt, units + 1, featuresAt, count, width, activeAt, most)
      for (let n = 0; n < count; n++) scores[n] = active[units * most + n]!
      for (let unit = 0; unit < units; unit++) {
        const [from, shift, factor] = [unit * most, bias[unit]!, output[unit]!]
        for (let n = 0; n < count; n++) {
          const sum = active[from + n]! + shift
          const above = sum > 0 ? sum : 0
          active[from + n] = above
          scores[n]! += above * factor
        }
      }
      return scores
    },
  }
}

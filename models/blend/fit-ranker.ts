import type { RankerWeights } from "../../src/core/preference/ranker.ts"
import { createRandom, normal, shuffled } from "../random.ts"
import { featureScale, scaledGradients, unscaledWeights } from "./feature-scale.ts"
import { listAt, longestOf, type PackedLists, type RankingList } from "./packed-lists.ts"
import { createRankerLearner, type RankerLearner } from "./ranker-learner.ts"

export interface RankerParameters {
  /** Hidden units; 0 leaves a linear ranker. */
  hidden: number
  epochs: number
  /** Rate of the first step; it falls to 0 along a cosine. */
  learningRate: number
  /** L2 penalty. */
  decay: number
  seed: number
}

const beta1 = 0.9
const beta2 = 0.99
const names = ["hidden", "bias", "output", "linear"] as const

/** Few lists are taken in smaller batches, so that there are steps enough. */
const batchOf = (lists: number): number => Math.max(8, Math.min(128, Math.round(lists / 40)))

/**
 * Fits the ranker to choose the relevant among each list's candidates: softmax cross-entropy over the list (Cao et al. 2007) by Adam, whose
 * steps and penalty are those of weights for features of mean 0 and deviation 1; deterministic.
 */
export function fitRanker(
  packedLists: readonly PackedLists[],
  width: number,
  parameters: RankerParameters,
): RankerWeights {
  const { hidden, epochs, learningRate, decay, seed } = parameters
  const lists = packedLists.flatMap((packed) => Array.from(packed.relevant, (_, n) => listAt(packed, n)))
  const scale = featureScale(packedLists, width)
  const random = createRandom(seed)
  const drawn = (size: number, deviation: number) =>
    Float32Array.from({ length: size }, () => deviation * normal(random))
  const weights: RankerWeights = {
    hidden: drawn(hidden * width, 0.5 / Math.sqrt(width)),
    bias: new Float32Array(hidden),
    output: drawn(hidden, 0.5 / Math.sqrt(Math.max(1, hidden))),
    linear: new Float32Array(width),
  }
  const [means, squares] = [zerosLike(weights), zerosLike(weights)]
  const batchSize = batchOf(lists.length)
  const batches = Math.ceil(lists.length / batchSize)
  const learner = createRankerLearner(width, hidden, longestOf(packedLists))
  let step = 0
  for (let epoch = 0; epoch < epochs; epoch++) {
    const order = shuffled(lists.length, random)
    for (let batch = 0; batch < batches; batch++) {
      const chosen = order.subarray(batch * batchSize, (batch + 1) * batchSize)
      learner.load(unscaledWeights(weights, scale))
      learner.clearGradients()
      for (const n of chosen) addList(learner, lists[n]!)
      const gradients = scaledGradients(learner.gradients, scale)
      const rate = learningRate * 0.5 * (1 + Math.cos((Math.PI * step++) / (epochs * batches)))
      const [warm1, warm2] = [1 - beta1 ** step, 1 - beta2 ** step]
      for (const name of names) {
        const [tensor, gradient, mean, square] = [weights[name], gradients[name], means[name], squares[name]]
        for (let i = 0; i < tensor.length; i++) {
          const slope = gradient[i]! / chosen.length + decay * tensor[i]!
          mean[i] = beta1 * mean[i]! + (1 - beta1) * slope
          square[i] = beta2 * square[i]! + (1 - beta2) * slope * slope
          tensor[i]! -= (rate * (mean[i]! / warm1)) / (Math.sqrt(square[i]! / warm2) + 1e-8)
        }
      }
    }
  }
  return unscaledWeights(weights, scale)
}

const zerosLike = ({ hidden, bias, output, linear }: RankerWeights) => ({
  hidden: new Float64Array(hidden.length),
  bias: new Float64Array(bias.length),
  output: new Float64Array(output.length),
  linear: new Float64Array(linear.length),
})

/** Adds one list's gradient of the cross-entropy between its gains and the softmax of its scores. */
function addList(learner: RankerLearner, { features, gains }: RankingList): void {
  const count = gains.length
  const scores = learner.score(features, count)
  let highest = Number.NEGATIVE_INFINITY
  for (let n = 0; n < count; n++) highest = Math.max(highest, scores[n]!)
  let total = 0
  for (let n = 0; n < count; n++) {
    scores[n] = Math.exp(scores[n]! - highest)
    total += scores[n]!
  }
  for (let n = 0; n < count; n++) scores[n] = scores[n]! / total - gains[n]!
  learner.addGradient(scores, count)
}

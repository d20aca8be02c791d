import { forward, type RankerWeights } from "../../src/core/preference/ranker.ts"
import { createRandom, normal } from "../random.ts"
import type { RankingList } from "./ranking-lists.ts"

export interface RankerParameters {
  /** Hidden units; 0 leaves a linear ranker. */
  hidden: number
  epochs: number
  /** Of the first step; it falls to 0 along a cosine. */
  learningRate: number
  /** L2 penalty. */
  decay: number
  seed: number
}

/** Few lists are taken in smaller batches, so that there are steps enough. */
const batchOf = (lists: number): number => Math.max(8, Math.min(128, Math.round(lists / 40)))
const beta1 = 0.9
const beta2 = 0.99

/** Fits the ranker to choose the wanted among each list's candidates: softmax cross-entropy over the list (Cao et al. 2007) by Adam; deterministic. */
export function fitRanker(lists: readonly RankingList[], width: number, parameters: RankerParameters): RankerWeights {
  const { hidden, epochs, learningRate, decay, seed } = parameters
  const random = createRandom(seed)
  const drawn = (size: number, deviation: number) =>
    Float32Array.from({ length: size }, () => deviation * normal(random))
  const weights: RankerWeights = {
    hidden: drawn(hidden * width, Math.sqrt(1.5 / width)),
    bias: new Float32Array(hidden),
    output: drawn(hidden, 0.3 / Math.sqrt(Math.max(1, hidden))),
    linear: new Float32Array(width),
  }
  const tensors = [weights.hidden, weights.bias, weights.output, weights.linear]
  const gradients = tensors.map(({ length }) => new Float64Array(length))
  const means = tensors.map(({ length }) => new Float64Array(length))
  const squares = tensors.map(({ length }) => new Float64Array(length))
  const batchSize = batchOf(lists.length)
  const batches = Math.ceil(lists.length / batchSize)
  const space = spaceFor(lists, hidden)
  let step = 0
  for (let epoch = 0; epoch < epochs; epoch++) {
    const order = shuffled(lists.length, random)
    for (let batch = 0; batch < batches; batch++) {
      const chosen = order.subarray(batch * batchSize, (batch + 1) * batchSize)
      for (const gradient of gradients) gradient.fill(0)
      for (const n of chosen) addGradient(weights, lists[n]!, gradients, space)
      const rate = learningRate * 0.5 * (1 + Math.cos((Math.PI * step++) / (epochs * batches)))
      const [warm1, warm2] = [1 - beta1 ** step, 1 - beta2 ** step]
      tensors.forEach((tensor, k) => {
        const [gradient, mean, square] = [gradients[k]!, means[k]!, squares[k]!]
        for (let i = 0; i < tensor.length; i++) {
          const slope = gradient[i]! / chosen.length + decay * tensor[i]!
          mean[i] = beta1 * mean[i]! + (1 - beta1) * slope
          square[i] = beta2 * square[i]! + (1 - beta2) * slope * slope
          tensor[i]! -= (rate * (mean[i]! / warm1)) / (Math.sqrt(square[i]! / warm2) + 1e-8)
        }
      })
    }
  }
  return weights
}

interface Space {
  scores: Float64Array
  activations: Float32Array
}

function spaceFor(lists: readonly RankingList[], hidden: number): Space {
  const longest = lists.reduce((most, { gains }) => Math.max(most, gains.length), 0)
  return { scores: new Float64Array(longest), activations: new Float32Array(longest * hidden) }
}

/** Adds one list's gradient of the cross-entropy between its gains and the softmax of its scores. */
function addGradient(
  weights: RankerWeights,
  { features, gains }: RankingList,
  [hidden, bias, output, linear]: readonly Float64Array[],
  { scores, activations }: Space,
): void {
  const count = gains.length
  const width = linear!.length
  const units = bias!.length
  forward(weights, features, count, scores, activations)
  let highest = Number.NEGATIVE_INFINITY
  for (let n = 0; n < count; n++) highest = Math.max(highest, scores[n]!)
  let total = 0
  for (let n = 0; n < count; n++) {
    scores[n] = Math.exp(scores[n]! - highest)
    total += scores[n]!
  }
  for (let n = 0; n < count; n++) {
    const slope = scores[n]! / total - gains[n]!
    if (Math.abs(slope) < 1e-7) continue
    const from = n * width
    for (let k = 0; k < width; k++) linear![k]! += slope * features[from + k]!
    for (let unit = 0; unit < units; unit++) {
      const active = activations[n * units + unit]!
      if (active === 0) continue
      output![unit]! += slope * active
      const down = slope * weights.output[unit]!
      bias![unit]! += down
      const row = unit * width
      for (let k = 0; k < width; k++) hidden![row + k]! += down * features[from + k]!
    }
  }
}

function shuffled(count: number, random: () => number): Int32Array {
  const order = Int32Array.from({ length: count }, (_, n) => n)
  for (let n = count - 1; n > 0; n--) {
    const other = Math.floor(random() * (n + 1))
    const swapped = order[n]!
    order[n] = order[other]!
    order[other] = swapped
  }
  return order
}

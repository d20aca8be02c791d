import { discount, idealGain } from "../../src/core/measure/ranking-metrics.ts"
import { featureWidth, partFeatures } from "../../src/core/preference/features.ts"
import type { PartName } from "../../src/core/preference/parts.ts"
import type { RankerWeights } from "../../src/core/preference/ranker.ts"
import type { RankingList } from "./ranking-lists.ts"

const depth = 20
const steps = [1, 0.5, 0.25, 0.1, 0.05]

/**
 * A ranker that only weighs the parts' relative scores: from equal weights, moves weight between parts in ever smaller steps while that
 * surely helps, that is by more than one standard error of the lists' difference in NDCG@20. What the data cannot tell stays equal.
 */
export function fitWeights(lists: readonly RankingList[], parts: readonly PartName[]): RankerWeights {
  const relative = lists.map((list) => relativeScores(list, parts.length))
  const qualities = (weights: readonly number[]) => lists.map((list, n) => qualityOf(list, relative[n]!, weights))
  let weights = parts.map(() => 1 / parts.length)
  let reached = qualities(weights)
  for (const step of steps) {
    for (let improved = true; improved; ) {
      improved = false
      for (let part = 0; part < parts.length; part++) {
        for (const change of [step, -step]) {
          const moved = normalised(weights.map((weight, n) => (n === part ? Math.max(0, weight + change) : weight)))
          const found = qualities(moved)
          if (!surelyBetter(found, reached)) continue
          weights = moved
          reached = found
          improved = true
        }
      }
    }
  }
  const linear = new Float32Array(featureWidth(parts))
  weights.forEach((weight, part) => {
    linear[partFeatures * part + 1] = weight
  })
  const none = new Float32Array(0)
  return { hidden: none, bias: none, output: none, linear }
}

/** Candidates × parts. */
function relativeScores({ features, gains }: RankingList, parts: number): Float32Array {
  const width = features.length / gains.length
  const scores = new Float32Array(gains.length * parts)
  for (let n = 0; n < gains.length; n++) {
    for (let part = 0; part < parts; part++) scores[n * parts + part] = features[n * width + partFeatures * part + 1]!
  }
  return scores
}

/** NDCG@20, by counting for each wanted candidate how many stand before it; equal scores stand behind. */
function qualityOf({ gains, wanted }: RankingList, relative: Float32Array, weights: readonly number[]): number {
  const parts = weights.length
  const scores = new Float64Array(gains.length)
  for (let n = 0; n < gains.length; n++) {
    for (let part = 0; part < parts; part++) scores[n]! += weights[part]! * relative[n * parts + part]!
  }
  let gain = 0
  for (let n = 0; n < gains.length; n++) {
    if (gains[n] === 0) continue
    let before = 0
    for (let other = 0; other < gains.length && before < depth; other++) {
      if (other !== n && (scores[other]! > scores[n]! || (scores[other] === scores[n] && other < n))) before++
    }
    if (before < depth) gain += discount(before)
  }
  return gain / idealGain(Math.min(depth, wanted))
}

function surelyBetter(found: readonly number[], reached: readonly number[]): boolean {
  const count = found.length
  let sum = 0
  let squares = 0
  for (let n = 0; n < count; n++) {
    const difference = found[n]! - reached[n]!
    sum += difference
    squares += difference * difference
  }
  return sum > 0 && sum * sum > squares - (sum * sum) / count
}

function normalised(weights: readonly number[]): number[] {
  const total = weights.reduce((sum, weight) => sum + weight, 0)
  return total > 0 ? weights.map((weight) => weight / total) : weights.map(() => 1 / weights.length)
}

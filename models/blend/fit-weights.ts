import { idealGain } from "../../src/core/measure/ranking-metrics.ts"
import { featuresPerScorer, featureWidth } from "../../src/core/preference/features.ts"
import type { RankerWeights } from "../../src/core/preference/ranker.ts"
import type { ScorerName } from "../../src/core/preference/scorers.ts"
import { depth, gainAt20 } from "./ndcg-gain.ts"
import { listAt, longestOf, type PackedLists, type RankingList } from "./packed-lists.ts"

const steps = [1, 0.5, 0.25, 0.1, 0.05]
/** More lists tell a handful of weights nothing new. */
const mostLists = 6000

/**
 * A ranker that only weighs the scorers' relative scores: from equal weights, moves weight between scorers in ever smaller steps while that
 * surely helps, that is by more than one standard error of the lists' difference in NDCG@20. What the data cannot tell stays equal; when time is over, the rest stays as it is.
 */
export function fitWeights(
  packedLists: readonly PackedLists[],
  scorers: readonly ScorerName[],
  hasTime: () => boolean = () => true,
): RankerWeights {
  const lists = packedLists
    .flatMap((packed) => Array.from(packed.relevant, (_, n) => listAt(packed, n)))
    .slice(0, mostLists)
    .map((list) => weighedList(list, scorers.length))
  const scores = new Float64Array(longestOf(packedLists))
  let weights = scorers.map(() => 1 / scorers.length)
  let reached = lists.map((list) => qualityWith(list, 0, 0, scores))
  for (const step of steps) {
    for (let improved = true; improved; ) {
      improved = false
      for (let scorer = 0; scorer < scorers.length; scorer++) {
        for (const change of [step, -step]) {
          const moved = Math.max(0, weights[scorer]! + change) - weights[scorer]!
          const total = 1 + moved
          if (moved === 0 || total <= 0 || !hasTime()) continue
          const found = lists.map((list) => qualityWith(list, scorer, moved, scores))
          if (!surelyBetter(found, reached)) continue
          for (const list of lists) take(list, scorer, moved, total)
          weights = weights.map((weight, n) => (n === scorer ? weight + moved : weight) / total)
          reached = found
          improved = true
        }
      }
    }
  }
  const linear = new Float32Array(featureWidth(scorers))
  weights.forEach((weight, scorer) => {
    linear[featuresPerScorer * scorer + 1] = weight
  })
  const none = new Float32Array(0)
  return { hidden: none, bias: none, output: none, linear }
}

/** A list with its candidates' relative scores, scorers × candidates, and their sum by the weights so far. */
interface WeighedList {
  relative: Float32Array
  scores: Float64Array
  gains: Float32Array
  ideal: number
}

/** Begins with equal weights. */
function weighedList({ features, gains, relevant }: RankingList, scorers: number): WeighedList {
  const count = gains.length
  const width = features.length / count
  const relative = new Float32Array(scorers * count)
  const scores = new Float64Array(count)
  for (let scorer = 0; scorer < scorers; scorer++) {
    for (let n = 0; n < count; n++) {
      const score = features[n * width + featuresPerScorer * scorer + 1]!
      relative[scorer * count + n] = score
      scores[n]! += score / scorers
    }
  }
  return { relative, scores, gains, ideal: idealGain(Math.min(depth, relevant)) }
}

/** NDCG@20 if the scorer weighed `more`; a common factor of all weights changes no order. */
function qualityWith(
  { relative, scores, gains, ideal }: WeighedList,
  scorer: number,
  more: number,
  moved: Float64Array,
) {
  const count = gains.length
  const from = scorer * count
  for (let n = 0; n < count; n++) moved[n] = scores[n]! + more * relative[from + n]!
  return gainAt20(moved, gains) / ideal
}

function take({ relative, scores }: WeighedList, scorer: number, more: number, total: number): void {
  const from = scorer * scores.length
  for (let n = 0; n < scores.length; n++) scores[n] = (scores[n]! + more * relative[from + n]!) / total
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

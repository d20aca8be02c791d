import { discount, idealGain } from "../../src/core/measure/ranking-metrics.ts"
import { eligibleRows } from "../../src/core/preference/eligible-items.ts"
import { candidateFeatures } from "../../src/core/preference/order-items.ts"
import { forward, type RankerWeights } from "../../src/core/preference/ranker.ts"
import type { Release } from "../../src/core/preference/release.ts"
import { catalogueNaming } from "../evaluate/cases.ts"
import type { Question, Window } from "../train/window.ts"

/** A question as the ranker sees it: its candidates' features, candidates × width, and which of them were wanted. */
export interface RankingList {
  features: Float32Array
  /** Equal shares of 1 for the candidates that were wanted, 0 for the others. */
  gains: Float32Array
  /** How many items were wanted, candidates or not. */
  wanted: number
}

/** The lists of those questions of a window, asked of a release fitted on its past, whose candidates hold something wanted; the others only count. */
export interface RankingLists {
  lists: RankingList[]
  questions: number
}

/** Makes lists until they hold `maxValues` features. */
export function rankingLists(
  release: Release,
  { past }: Pick<Window, "past">,
  questions: readonly Question[],
  maxValues: number,
): RankingLists {
  const catalogue = catalogueNaming(past.items.ids)
  const { items } = release
  const found: RankingLists = { lists: [], questions: 0 }
  let values = 0
  for (const { history, repeats, wanted } of questions) {
    if (values >= maxValues) break
    const sellable = eligibleRows(items, catalogue, { history, repeats, nowMs: past.untilMs })
    const question = { history, repeats, vector: null, nowMs: past.untilMs }
    const { candidates, features } = candidateFeatures(question, release, sellable)
    found.questions++
    const hits = candidates.reduce((sum, row) => sum + (wanted.has(items.ids[row]!) ? 1 : 0), 0)
    if (hits === 0) continue
    const gains = Float32Array.from(candidates, (row) => (wanted.has(items.ids[row]!) ? 1 / hits : 0))
    found.lists.push({ features, gains, wanted: wanted.size })
    values += features.length
  }
  return found
}

/** The mean NDCG@20 that a ranker gives, questions without a wanted candidate included. */
export function rankerQuality(weights: RankerWeights, { lists, questions }: RankingLists): number {
  let total = 0
  for (const { features, gains, wanted } of lists) {
    const scores = new Float64Array(gains.length)
    forward(weights, features, gains.length, scores)
    const order = Int32Array.from(gains.keys()).sort((a, b) => scores[b]! - scores[a]! || a - b)
    let gain = 0
    for (let place = 0; place < Math.min(20, order.length); place++) {
      if (gains[order[place]!]! > 0) gain += discount(place)
    }
    total += gain / idealGain(Math.min(20, wanted))
  }
  return questions === 0 ? 0 : total / questions
}

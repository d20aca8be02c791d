import type { Catalogue } from "../../src/core/catalogue/catalogue.ts"
import { discount, idealGain } from "../../src/core/measure/ranking-metrics.ts"
import { eligibleRows } from "../../src/core/preference/eligible-items.ts"
import { candidateFeatures } from "../../src/core/preference/order-items.ts"
import type { RankerWeights } from "../../src/core/preference/ranker.ts"
import { createRankerKernel } from "../../src/core/preference/ranker-kernel.ts"
import type { Release } from "../../src/core/preference/release.ts"
import { catalogueNaming } from "../evaluate/cases.ts"
import { createRandom, type Random } from "../random.ts"
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
  /** To judge by: all candidates of the first questions, as many as the bound allows. */
  whole: RankingList[]
  /** How many questions those are from. */
  questions: number
  /** To teach by: what was wanted and, where all questions would not fit, an even share of the other candidates. */
  thinned: RankingList[]
}

/** The least share of unwanted candidates that teaches about as well as all. */
const leastShare = 0.2
/** About as many candidates of a list teach at most. */
const mostTaught = 80

/** Makes lists of at most `maxValues` features of either kind; the draw of what is left out belongs to the seed. */
export function rankingLists(
  release: Release,
  { past }: Pick<Window, "past">,
  questions: readonly Question[],
  { maxValues, seed }: { maxValues: number; seed: number },
): RankingLists {
  const catalogue = catalogueNaming(past.items.ids)
  const random = createRandom(seed)
  const found: RankingLists = { whole: [], questions: 0, thinned: [] }
  let [whole, thinned, share] = [0, 0, 1]
  questions.forEach((question, n) => {
    if (thinned >= maxValues) return
    const list = listOf(release, past, catalogue, question)
    const judges = whole < maxValues
    if (judges) found.questions++
    if (list === null) return
    if (n < 100) {
      const fits = Math.min(mostTaught / list.gains.length, maxValues / (questions.length * list.features.length))
      share = Math.max(leastShare, Math.min(1, fits))
    }
    const taught = share < 1 ? thin(list, share, random) : list
    found.thinned.push(taught)
    thinned += taught.features.length
    if (!judges) return
    found.whole.push(list)
    whole += list.features.length
  })
  return found
}

function listOf(
  release: Release,
  { untilMs }: Window["past"],
  catalogue: Catalogue,
  { history, repeats, wanted }: Question,
): RankingList | null {
  const { items } = release
  const sellable = eligibleRows(items, catalogue, { history, repeats, nowMs: untilMs })
  const question = { history, repeats, vector: null, nowMs: untilMs }
  const { candidates, features } = candidateFeatures(question, release, sellable)
  const hits = candidates.reduce((sum, row) => sum + (wanted.has(items.ids[row]!) ? 1 : 0), 0)
  if (hits === 0) return null
  const gains = Float32Array.from(candidates, (row) => (wanted.has(items.ids[row]!) ? 1 / hits : 0))
  return { features, gains, wanted: wanted.size }
}

function thin({ features, gains, wanted }: RankingList, share: number, random: Random): RankingList {
  const width = features.length / gains.length
  const kept = Int32Array.from(gains.keys()).filter((n) => gains[n]! > 0 || random() < share)
  const fewer = new Float32Array(kept.length * width)
  kept.forEach((from, to) => {
    fewer.set(features.subarray(from * width, (from + 1) * width), to * width)
  })
  return { features: fewer, gains: Float32Array.from(kept, (n) => gains[n]!), wanted }
}

/** The mean NDCG@20 that a ranker gives, questions without a wanted candidate included; `hide` may change each list's features first. */
export function rankerQuality(
  weights: RankerWeights,
  { whole, questions }: RankingLists,
  hide?: (features: Float32Array, width: number) => void,
): number {
  const kernel = createRankerKernel(weights.linear.length, weights.bias.length, longestOf(whole))
  kernel.load(weights)
  let total = 0
  for (const { features, gains, wanted } of whole) {
    const seen = hide ? features.slice() : features
    hide?.(seen, weights.linear.length)
    const scores = kernel.score(seen, gains.length)
    const order = Int32Array.from(gains.keys()).sort((a, b) => scores[b]! - scores[a]! || a - b)
    let gain = 0
    for (let place = 0; place < Math.min(20, order.length); place++) {
      if (gains[order[place]!]! > 0) gain += discount(place)
    }
    total += gain / idealGain(Math.min(20, wanted))
  }
  return questions === 0 ? 0 : total / questions
}

/** The most candidates of any list. */
export const longestOf = (lists: readonly RankingList[]): number =>
  lists.reduce((most, { gains }) => Math.max(most, gains.length), 0)

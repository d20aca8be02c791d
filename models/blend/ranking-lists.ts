import type { Catalogue } from "../../src/core/catalogue/catalogue.ts"
import { idealGain } from "../../src/core/measure/ranking-metrics.ts"
import { eligibleRows } from "../../src/core/preference/eligible-items.ts"
import { candidateFeatures } from "../../src/core/preference/rank-candidates.ts"
import type { RankerWeights } from "../../src/core/preference/ranker.ts"
import { createRankerKernel } from "../../src/core/preference/ranker-kernel.ts"
import type { Release } from "../../src/core/release/release.ts"
import { catalogueNaming } from "../data/cases.ts"
import type { Question, Window } from "../data/window.ts"
import { createRandom } from "../random.ts"
import { depth, gainAt20 } from "./ndcg-gain.ts"
import { joinPacked, listAt, listPacker, longestOf, type PackedLists, type RankingList } from "./packed-lists.ts"

/** The lists of those questions of a window, asked of a release fitted on its past, whose candidates hold something wanted; the others only count. */
export interface RankingLists {
  /** To judge by: all candidates of the first questions, as many as the bound allows. */
  whole: PackedLists
  /** How many questions those are from. */
  questions: number
  /** To teach by: what was wanted and an even share of the other candidates. */
  thinned: PackedLists
}

export interface ListBounds {
  /** Features that whole and thinned lists hold at most. */
  mostWhole: number
  mostThinned: number
  /** Whether there is time for another question. */
  hasTime?: () => boolean
  /** The draw of what is left out belongs to it. */
  seed: number
}

/** The least share of unwanted candidates that teaches about as well as all. */
const leastShare = 0.2
/** About as many candidates of a list teach at most. */
const mostTaught = 80

/** Makes lists of questions, the first of which are asked first. */
export function rankingLists(
  release: Release,
  { past }: Pick<Window, "past">,
  questions: readonly Question[],
  { mostWhole, mostThinned, hasTime = () => true, seed }: ListBounds,
): RankingLists {
  const catalogue = catalogueNaming(past.items.ids)
  const random = createRandom(seed)
  const blend = release.blend[questions[0]?.repeats ?? "allowed"]
  const width = blend.linear.length
  const bounds = { lists: questions.length, longest: blend.maxCandidates }
  const whole = listPacker(width, { ...bounds, maxValues: mostWhole })
  const thinned = listPacker(width, { ...bounds, maxValues: mostThinned })
  let judged = 0
  for (const question of questions) {
    if (!thinned.hasRoom() || !hasTime()) break
    const list = listOf(release, past, catalogue, question)
    const judges = whole.hasRoom()
    if (judges) judged++
    if (list === null) continue
    const fits = Math.min(mostTaught / list.gains.length, mostThinned / (questions.length * list.features.length))
    const share = Math.max(leastShare, Math.min(1, fits))
    thinned.add(list, (n) => list.gains[n]! > 0 || share === 1 || random() < share)
    if (judges) whole.add(list, () => true)
  }
  return { whole: whole.packed(), questions: judged, thinned: thinned.packed() }
}

/** The lists of several windows, asked with one blend, as those of one. */
export const joinLists = (scorers: readonly RankingLists[]): RankingLists => ({
  whole: joinPacked(scorers.map(({ whole }) => whole)),
  questions: scorers.reduce((sum, { questions }) => sum + questions, 0),
  thinned: joinPacked(scorers.map(({ thinned }) => thinned)),
})

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

/** The mean NDCG@20 that a ranker gives, questions without a wanted candidate included; `hide` may change each list's features first. */
export function rankerQuality(
  weights: RankerWeights,
  { whole, questions }: RankingLists,
  hide?: (features: Float32Array, width: number) => void,
): number {
  const kernel = createRankerKernel(weights.linear.length, weights.bias.length, longestOf([whole]))
  kernel.load(weights)
  let total = 0
  for (let list = 0; list < whole.wanted.length; list++) {
    const { features, gains, wanted } = listAt(whole, list)
    const seen = hide ? features.slice() : features
    hide?.(seen, weights.linear.length)
    const scores = kernel.score(seen, gains.length)
    total += gainAt20(scores, gains) / idealGain(Math.min(depth, wanted))
  }
  return questions === 0 ? 0 : total / questions
}

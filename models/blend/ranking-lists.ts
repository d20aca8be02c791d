import type { Catalogue } from "../../src/core/catalogue/catalogue.ts"
import { idealGain } from "../../src/core/measure/ranking-metrics.ts"
import { eligibleRows } from "../../src/core/preference/eligible-items.ts"
import { candidateFeatures } from "../../src/core/preference/rank-candidates.ts"
import type { RankerWeights } from "../../src/core/preference/ranker.ts"
import { createRankerKernel } from "../../src/core/preference/ranker-kernel.ts"
import type { Release } from "../../src/core/release/release.ts"
import { catalogueOfIds } from "../data/evaluation-cases.ts"
import type { EvaluationQuery, Window } from "../data/window.ts"
import { createRandom } from "../random.ts"
import { depth, gainAt20 } from "./ndcg-gain.ts"
import { joinPacked, listAt, listPacker, longestOf, type PackedLists, type RankingList } from "./packed-lists.ts"

/** The lists of those queries of a window, asked of a release fitted on its past, whose candidates hold something relevant; the others only count. */
export interface RankingLists {
  /** To judge by: all candidates of the first queries, as many as the bound allows. */
  full: PackedLists
  /** How many queries those are from. */
  queries: number
  /** To teach by: what was relevant and an even share of the other candidates. */
  sampled: PackedLists
}

export interface ListBounds {
  /** Features that whole and thinned lists hold at most. */
  maxFullValues: number
  maxSampledValues: number
  /** Whether there is time for another query. */
  hasTime?: () => boolean
  /** The draw of what is left out belongs to it. */
  seed: number
}

/** The least share of unwanted candidates that teaches about as well as all. */
const minSampledShare = 0.2
/** About as many candidates of a list teach at most. */
const maxSampledCandidates = 80

/** Makes lists of queries, the first of which are asked first. */
export function rankingLists(
  release: Release,
  { past }: Pick<Window, "past">,
  queries: readonly EvaluationQuery[],
  { maxFullValues, maxSampledValues, hasTime = () => true, seed }: ListBounds,
): RankingLists {
  const catalogue = catalogueOfIds(past.items.ids)
  const random = createRandom(seed)
  const blend = release.blend[queries[0]?.repeats ?? "allowed"]
  const width = blend.linear.length
  const bounds = { lists: queries.length, longest: blend.maxCandidates }
  const whole = listPacker(width, { ...bounds, maxValues: maxFullValues })
  const thinned = listPacker(width, { ...bounds, maxValues: maxSampledValues })
  let judged = 0
  for (const query of queries) {
    if (!thinned.hasRoom() || !hasTime()) break
    const list = listOf(release, past, catalogue, query)
    const judges = whole.hasRoom()
    if (judges) judged++
    if (list === null) continue
    const fits = Math.min(
      maxSampledCandidates / list.gains.length,
      maxSampledValues / (queries.length * list.features.length),
    )
    const share = Math.max(minSampledShare, Math.min(1, fits))
    thinned.add(list, (n) => list.gains[n]! > 0 || share === 1 || random() < share)
    if (judges) whole.add(list, () => true)
  }
  return { full: whole.packed(), queries: judged, sampled: thinned.packed() }
}

/** The lists of several windows, asked with one blend, as those of one. */
export const joinLists = (scorers: readonly RankingLists[]): RankingLists => ({
  full: joinPacked(scorers.map(({ full }) => full)),
  queries: scorers.reduce((sum, { queries }) => sum + queries, 0),
  sampled: joinPacked(scorers.map(({ sampled }) => sampled)),
})

function listOf(
  release: Release,
  { untilMs }: Window["past"],
  catalogue: Catalogue,
  { history, repeats, relevant }: EvaluationQuery,
): RankingList | null {
  const { items } = release
  const sellable = eligibleRows(items, catalogue, { history, repeats, nowMs: untilMs })
  const query = { history, repeats, vector: null, nowMs: untilMs }
  const { candidates, features } = candidateFeatures(query, release, sellable)
  const hits = candidates.reduce((sum, row) => sum + (relevant.has(items.ids[row]!) ? 1 : 0), 0)
  if (hits === 0) return null
  const gains = Float32Array.from(candidates, (row) => (relevant.has(items.ids[row]!) ? 1 / hits : 0))
  return { features, gains, relevant: relevant.size }
}

/** The mean NDCG@20 that a ranker gives, queries without a relevant candidate included; `hide` may change each list's features first. */
export function rankerQuality(
  weights: RankerWeights,
  { full, queries }: RankingLists,
  hide?: (features: Float32Array, width: number) => void,
): number {
  const kernel = createRankerKernel(weights.linear.length, weights.bias.length, longestOf([full]))
  kernel.load(weights)
  let total = 0
  for (let list = 0; list < full.relevant.length; list++) {
    const { features, gains, relevant } = listAt(full, list)
    const seen = hide ? features.slice() : features
    hide?.(seen, weights.linear.length)
    const scores = kernel.score(seen, gains.length)
    total += gainAt20(scores, gains) / idealGain(Math.min(depth, relevant))
  }
  return queries === 0 ? 0 : total / queries
}

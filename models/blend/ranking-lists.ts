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

/** Lists of candidates of a window's queries, from a release fitted on its past; queries without a relevant candidate only count. */
export interface RankingLists {
  /** For validation: all candidates of the first queries, as many as the bound allows. */
  full: PackedLists
  /** Queries that those lists are from. */
  queries: number
  /** For fitting: the relevant candidates and an even share of the others. */
  sampled: PackedLists
}

export interface ListBounds {
  /** Features that whole and thinned lists hold at most. */
  maxFullValues: number
  maxSampledValues: number
  /** Says if there is time for another query. */
  hasTime?: () => boolean
  /** The draw of what is left out belongs to it. */
  seed: number
}

/** The smallest share of negatives that a ranker fits about as well on as on all. */
const minSampledShare = 0.2
/** Candidates of a sampled list at most, about. */
const maxSampledCandidates = 80

/** Builds the lists of queries in their order. */
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
  const full = listPacker(width, { ...bounds, maxValues: maxFullValues })
  const sampled = listPacker(width, { ...bounds, maxValues: maxSampledValues })
  let validated = 0
  for (const query of queries) {
    if (!sampled.hasRoom() || !hasTime()) break
    const list = listOf(release, past, catalogue, query)
    const hasRoom = full.hasRoom()
    if (hasRoom) validated++
    if (list === null) continue
    const fits = Math.min(
      maxSampledCandidates / list.gains.length,
      maxSampledValues / (queries.length * list.features.length),
    )
    const share = Math.max(minSampledShare, Math.min(1, fits))
    sampled.add(list, (n) => list.gains[n]! > 0 || share === 1 || random() < share)
    if (hasRoom) full.add(list, () => true)
  }
  return { full: full.packed(), queries: validated, sampled: sampled.packed() }
}

/** Joins the lists of several windows that one blend generated. */
export const joinLists = (lists: readonly RankingLists[]): RankingLists => ({
  full: joinPacked(lists.map(({ full }) => full)),
  queries: lists.reduce((sum, { queries }) => sum + queries, 0),
  sampled: joinPacked(lists.map(({ sampled }) => sampled)),
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

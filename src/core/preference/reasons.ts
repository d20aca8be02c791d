import type { History } from "../history/history.ts"
import { netPurchases } from "../history/net-purchases.ts"
import type { Blend } from "./blend.ts"
import { contributions } from "./factors.ts"
import { absentLog, featuresPerScorer, ownFeatureRange } from "./features.ts"
import { type Graph, historyQuery, type SparseQuery, sessionQuery } from "./neighbors.ts"
import type { RankedCandidates, RankingQuestion } from "./rank-candidates.ts"
import type { RankerKernel } from "./ranker-kernel.ts"
import { rankerOf, workspaceOf } from "./score-items.ts"
import { isHistoryScorer, type ScorerName, sessionScorers } from "./scorers.ts"
import { addSessionTerms } from "./sessions.ts"
import type { TasteModels } from "./taste-models.ts"

export interface Reason {
  code:
    | "becauseYouBought"
    | "becauseYouViewed"
    | "becauseYouAdded"
    | "buyAgain"
    | "popular"
    | "similar"
    | "alternative"
    | "new"
  /** The past item that speaks for the answer. */
  itemId?: string
  /** Share of everything that speaks for the answer which is due to this reason, in [`minShare`, 1]. */
  share?: number
}

/** Contribution of each past item (column) to each answer (row of `width` values). */
interface Terms {
  sources: Int32Array
  columnOf: ReadonlyMap<number, number>
  width: number
  values: Float64Array
}

const maxReasons = 3
const minShare = 0.1

/**
 * For each place of an order its largest reasons; none where nothing in the customer's past carries at least `minShare` of the score. A scorer speaks for an answer by what the ranker's score loses without it; what
 * it says comes from the past items by the scorer's own terms (Hu et al. 2008, section 5, for factors; edges; shared sequences).
 */
export function reasonsFor(
  places: readonly number[],
  ordered: RankedCandidates,
  question: RankingQuestion,
  release: TasteModels,
): Reason[][] {
  if (places.length === 0) return []
  const blend = release.blend[question.repeats]
  const rows = places.map((place) => ordered.rows[place]!)
  const losses = lossesOf(places, ordered, blend, rankerOf(release, question.repeats))
  const terms = emptyTerms(rows, ordered)
  blend.scorers.forEach((scorer, n) => {
    if (scorer !== "popularity") addScorerTerms(terms, scorer, rows, losses[n]!, ordered, release)
  })
  const own = losses[blend.scorers.length]!
  const popularAt = blend.scorers.indexOf("popularity")
  return rows.map((row, n) => {
    const values = terms.values.subarray(n * terms.width, (n + 1) * terms.width)
    values[terms.columnOf.get(row)!]! += own[n]!
    const popular = popularAt === -1 ? 0 : losses[popularAt]![n]!
    const total = values.reduce((sum, term) => sum + term, popular)
    const reasons = largestColumns(values).flatMap((column) => {
      const reason = pastItem(terms.sources[column]!, row, release.items.ids, question.history)
      return reason === null ? [] : [{ ...reason, share: values[column]! / total }]
    })
    const all: Reason[] = popular > 0 ? [...reasons, { code: "popular", share: popular / total }] : reasons
    all.sort((a, b) => b.share! - a.share!)
    return all.filter(({ share }) => share! >= minShare).slice(0, maxReasons)
  })
}

/** Returns the loss in score of each place, at least 0, without each scorer; last, without the customer's own features of the item. */
function lossesOf(
  places: readonly number[],
  { rows, candidates, features, scores }: RankedCandidates,
  blend: Blend,
  ranker: RankerKernel,
): Float64Array[] {
  const width = blend.linear.length
  const slots = places.map((place) => candidates.indexOf(rows[place]!))
  const without = (hide: (features: Float32Array, at: number) => void) => {
    const hidden = new Float32Array(places.length * width)
    slots.forEach((slot, n) => {
      hidden.set(features.subarray(slot * width, (slot + 1) * width), n * width)
      hide(hidden, n * width)
    })
    const left = ranker.score(hidden, places.length)
    return Float64Array.from(places, (place, n) => Math.max(0, scores[place]! - left[n]!))
  }
  const scorers = blend.scorers.map((_, scorer) =>
    without((hidden, at) => hidden.set([absentLog, 0, 0], at + scorer * featuresPerScorer)),
  )
  const { from, to } = ownFeatureRange(blend.scorers)
  return [...scorers, without((hidden, at) => hidden.fill(0, at + from, at + to))]
}

/** The answers stand among the sources too: a habit points from an item to itself. */
function emptyTerms(rows: readonly number[], { results: { interactions, steps } }: RankedCandidates): Terms {
  const sources = Int32Array.from(new Set([...interactions.index, ...steps.rows, ...rows]))
  const columnOf = new Map([...sources].map((source, column) => [source, column]))
  return { sources, columnOf, width: sources.length, values: new Float64Array(rows.length * sources.length) }
}

/** Spreads what a scorer is worth to each answer over the past items, in proportion to their positive terms in it. */
function addScorerTerms(
  terms: Terms,
  scorer: Exclude<ScorerName, "popularity">,
  rows: readonly number[],
  losses: Float64Array,
  ordered: RankedCandidates,
  release: TasteModels,
): void {
  if (losses.every((loss) => loss === 0)) return
  const { width, columnOf } = terms
  const own = new Float64Array(terms.values.length)
  if (scorer === "factors") addFactorTerms(own, terms, rows, ordered, release)
  else if (scorer === "habit") {
    rows.forEach((row, n) => {
      own[n * width + columnOf.get(row)!] = 1
    })
  } else {
    const { slotOf } = workspaceOf(release)
    rows.forEach((row, n) => {
      slotOf[row] = n
    })
    addGraphTerms(own, terms, scorer, slotOf, ordered, release)
    for (const row of rows) slotOf[row] = -1
  }
  rows.forEach((_, n) => {
    const line = own.subarray(n * width, (n + 1) * width)
    const total = line.reduce((sum, term) => sum + Math.max(0, term), 0)
    if (total <= 0) return
    for (let column = 0; column < width; column++) {
      terms.values[n * width + column]! += (losses[n]! * Math.max(0, line[column]!)) / total
    }
  })
}

function addFactorTerms(
  values: Float64Array,
  { columnOf, width }: Terms,
  rows: readonly number[],
  { results: { interactions } }: RankedCandidates,
  { factors }: TasteModels,
): void {
  const count = interactions.index.length
  if (count === 0) return
  const shares = contributions(factors, interactions, rows)
  interactions.index.forEach((source, k) => {
    const column = columnOf.get(source)!
    for (let n = 0; n < rows.length; n++) values[n * width + column]! += shares[n * count + k]!
  })
}

function addGraphTerms(
  values: Float64Array,
  { columnOf, width }: Terms,
  scorer: Exclude<ScorerName, "factors" | "habit" | "popularity">,
  slotOf: Int32Array,
  { results: { interactions, steps } }: RankedCandidates,
  release: TasteModels,
): void {
  const { neighbors, sessions } = release
  if (scorer === "sessions") {
    addSessionTerms(sessions, steps, workspaceOf(release).sessions, slotOf, columnOf, width, values)
  } else if (isHistoryScorer(scorer)) {
    addEdgeTerms(values, columnOf, width, slotOf, historyQuery(interactions, neighbors), neighbors.graphs[scorer])
  } else {
    const graph = neighbors.graphs[sessionScorers[scorer]]
    addEdgeTerms(values, columnOf, width, slotOf, sessionQuery(steps, neighbors.decays[scorer]), graph)
  }
}

function addEdgeTerms(
  values: Float64Array,
  columnOf: ReadonlyMap<number, number>,
  width: number,
  slotOf: Int32Array,
  query: SparseQuery,
  { offsets, targets, weights }: Graph,
): void {
  query.index.forEach((source, k) => {
    const column = columnOf.get(source)!
    const end = offsets[source + 1]!
    for (let edge = offsets[source]!; edge < end; edge++) {
      const slot = slotOf[targets[edge]!]!
      if (slot >= 0) values[slot * width + column]! += query.weight[k]! * weights[edge]!
    }
  })
}

/** The columns of the few highest positive values. */
function largestColumns(values: Float64Array): number[] {
  const best: number[] = []
  for (let column = 0; column < values.length; column++) {
    if (values[column]! <= 0 || values[column]! <= (values[best[maxReasons - 1] ?? -1] ?? 0)) continue
    best.push(column)
    best.sort((a, b) => values[b]! - values[a]!)
    best.length = Math.min(best.length, maxReasons)
  }
  return best
}

/** Returns what the customer did with a past item as a reason; `null` for an item that they gave back or never had to do with. */
function pastItem(source: number, answer: number, ids: readonly string[], history: History): Reason | null {
  const itemId = ids[source]!
  const item = Object.hasOwn(history.items, itemId) ? history.items[itemId] : undefined
  if (item === undefined) return null
  if (netPurchases(item) > 0) return { code: source === answer ? "buyAgain" : "becauseYouBought", itemId }
  if (item.returns > 0) return null
  if (item.views > 0) return { code: "becauseYouViewed", itemId }
  return item.carts > 0 ? { code: "becauseYouAdded", itemId } : null
}

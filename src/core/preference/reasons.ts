import type { History } from "../history/history.ts"
import type { PartWeights } from "./blend.ts"
import { netPurchases } from "./confidences.ts"
import { contributions } from "./factors.ts"
import type { NeighborWeights, SparseQuery } from "./neighbors.ts"
import type { Release } from "./release.ts"
import type { PartScores } from "./score-items.ts"

export interface Reason {
  code: "becauseYouBought" | "becauseYouViewed" | "buyAgain" | "popular" | "similar" | "new"
  /** The past item that speaks for the answer. */
  itemId?: string
  /** The part of everything that speaks for the answer which is due to this reason, in (0, 1]. */
  share?: number
}

interface Explained extends PartScores {
  scales: PartWeights
  history: History
}

/** What each past item (column) adds to each answer's score (row of `width` values). */
interface Terms {
  sources: Int32Array
  columnOf: ReadonlyMap<number, number>
  width: number
  values: Float64Array
}

const maxReasons = 3
const minShare = 0.05

/** For each row its largest reasons, from the terms of the score itself (Hu et al. 2008, section 5, and the graph's arrows). */
export function reasonsFor(rows: readonly number[], explained: Explained, release: Release): Reason[][] {
  const { parts, scales, history } = explained
  const terms = termsOf(rows, explained, release)
  return rows.map((row, n) => {
    const own = terms.values.subarray(n * terms.width, (n + 1) * terms.width)
    const popular = scales.popularity * parts.popularity[row]!
    const total = own.reduce((sum, term) => sum + Math.max(0, term), Math.max(0, popular))
    const reasons = largestColumns(own).map((column) => {
      const reason = pastItem(terms.sources[column]!, row, release.items.ids, history)
      return { ...reason, share: own[column]! / total }
    })
    if (popular > 0) reasons.push({ code: "popular", share: popular / total })
    reasons.sort((a, b) => b.share - a.share)
    return reasons.filter(({ share }, place) => place === 0 || share >= minShare).slice(0, maxReasons)
  })
}

/** The answers stand among the sources too: a habit points from an item to itself. */
function termsOf(rows: readonly number[], explained: Explained, release: Release): Terms {
  const { parts, scales, interactions, taste, intent } = explained
  const sources = Int32Array.from(new Set([...interactions.index, ...intent.index, ...rows]))
  const columnOf = new Map([...sources].map((source, column) => [source, column]))
  const width = sources.length
  const terms = { sources, columnOf, width, values: new Float64Array(rows.length * width) }
  addFactorTerms(terms, rows, explained, release)
  const slotOf = new Int32Array(release.items.ids.length).fill(-1)
  rows.forEach((row, n) => {
    slotOf[row] = n
    terms.values[n * width + columnOf.get(row)!]! += scales.habit * parts.habit[row]!
  })
  addArrowTerms(terms, slotOf, taste, scales.neighbors, release.neighbors)
  addArrowTerms(terms, slotOf, intent, scales.intent, release.neighbors)
  return terms
}

function addFactorTerms(
  { columnOf, width, values }: Terms,
  rows: readonly number[],
  { interactions, scales }: Explained,
  { factors }: Release,
): void {
  const count = interactions.index.length
  if (scales.factors === 0 || count === 0) return
  const shares = contributions(factors, interactions, rows)
  interactions.index.forEach((source, k) => {
    const column = columnOf.get(source)!
    for (let n = 0; n < rows.length; n++) values[n * width + column]! += scales.factors * shares[n * count + k]!
  })
}

function addArrowTerms(
  { columnOf, width, values }: Terms,
  slotOf: Int32Array,
  query: SparseQuery,
  scale: number,
  { offsets, targets, weights }: NeighborWeights,
): void {
  if (scale === 0) return
  query.index.forEach((source, k) => {
    const column = columnOf.get(source)!
    const end = offsets[source + 1]!
    for (let arrow = offsets[source]!; arrow < end; arrow++) {
      const slot = slotOf[targets[arrow]!]!
      if (slot >= 0) values[slot * width + column]! += scale * query.weight[k]! * weights[arrow]!
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

function pastItem(source: number, answer: number, ids: readonly string[], history: History): Reason {
  const itemId = ids[source]!
  const item = Object.hasOwn(history.items, itemId) ? history.items[itemId] : undefined
  if (!item || netPurchases(item) <= 0) return { code: "becauseYouViewed", itemId }
  return { code: source === answer ? "buyAgain" : "becauseYouBought", itemId }
}

import type { History } from "../history/history.ts"
import type { Parts, PartWeights } from "./blend.ts"
import { netPurchases } from "./confidences.ts"
import { contributions, type Interactions } from "./factors.ts"
import type { NeighborWeights, SparseQuery } from "./neighbors.ts"
import type { Release } from "./release.ts"

export interface Reason {
  code: "becauseYouBought" | "becauseYouViewed" | "buyAgain" | "popular" | "similar" | "new"
  /** The past item that speaks for the answer. */
  itemId?: string
  /** The part of everything that speaks for the answer which is due to this reason, in (0, 1]. */
  share?: number
}

interface Explained {
  parts: Parts
  scales: PartWeights
  interactions: Interactions
  taste: SparseQuery
  intent: SparseQuery
  history: History
}

const maxReasons = 3
const minShare = 0.05

/** For each row its largest reasons, from the terms of the score itself (Hu et al. 2008, section 5, and the graph's arrows). */
export function reasonsFor(rows: readonly number[], explained: Explained, release: Release): Reason[][] {
  const { parts, scales, interactions, taste, intent, history } = explained
  const termsBySource = rows.map(() => new Map<number, number>())
  addFactorTerms(termsBySource, rows, interactions, scales.factors, release)
  addArrowTerms(termsBySource, rows, taste, scales.neighbors, release.neighbors)
  addArrowTerms(termsBySource, rows, intent, scales.intent, release.neighbors)
  return rows.map((row, n) => {
    add(termsBySource[n]!, row, scales.habit * parts.habit[row]!)
    const terms: Term[] = [{ reason: { code: "popular" }, term: scales.popularity * parts.popularity[row]! }]
    for (const [source, term] of termsBySource[n]!) {
      terms.push({ reason: pastItem(source, row, release.items.ids, history), term })
    }
    return largest(terms)
  })
}

interface Term {
  reason: Reason
  term: number
}

function pastItem(source: number, answer: number, ids: readonly string[], history: History): Reason {
  const itemId = ids[source]!
  const item = Object.hasOwn(history.items, itemId) ? history.items[itemId] : undefined
  if (!item || netPurchases(item) <= 0) return { code: "becauseYouViewed", itemId }
  return { code: source === answer ? "buyAgain" : "becauseYouBought", itemId }
}

function largest(terms: readonly Term[]): Reason[] {
  const speaking = terms.filter(({ term }) => term > 0).sort((a, b) => b.term - a.term)
  const total = speaking.reduce((sum, { term }) => sum + term, 0)
  const shares = speaking.map(({ reason, term }) => ({ ...reason, share: term / total }))
  return shares.filter(({ share }, n) => n === 0 || share >= minShare).slice(0, maxReasons)
}

function addFactorTerms(
  termsBySource: readonly Map<number, number>[],
  rows: readonly number[],
  interactions: Interactions,
  scale: number,
  { factors }: Release,
): void {
  if (scale === 0 || interactions.index.length === 0) return
  const terms = contributions(factors, interactions, rows)
  interactions.index.forEach((source, k) => {
    termsBySource.forEach((bySource, n) => {
      add(bySource, source, scale * terms[n * interactions.index.length + k]!)
    })
  })
}

function addArrowTerms(
  termsBySource: readonly Map<number, number>[],
  rows: readonly number[],
  query: SparseQuery,
  scale: number,
  { offsets, targets, weights }: NeighborWeights,
): void {
  if (scale === 0) return
  const slotByRow = new Map(rows.map((row, n) => [row, n]))
  query.index.forEach((source, k) => {
    for (let arrow = offsets[source]!; arrow < offsets[source + 1]!; arrow++) {
      const slot = slotByRow.get(targets[arrow]!)
      if (slot !== undefined) add(termsBySource[slot]!, source, scale * query.weight[k]! * weights[arrow]!)
    }
  })
}

function add(terms: Map<number, number>, source: number, term: number): void {
  terms.set(source, (terms.get(source) ?? 0) + term)
}

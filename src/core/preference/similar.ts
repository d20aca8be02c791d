import { noItems } from "../artifact/item-index.ts"
import type { Catalogue } from "../catalogue/catalogue.ts"
import { emptyHistory } from "../history/history.ts"
import { eligibleRows, eligibleUnranked } from "./eligible-items.ts"
import { scoreNeighbors } from "./neighbors.ts"
import { type Slot, unrankedSlot } from "./recommend.ts"
import { sparseScores } from "./sparse-scores.ts"
import type { TasteModels } from "./taste-models.ts"
import { topRows } from "./top-rows.ts"

/** Returns items similar to an item, best first: its neighbours in the item graph, then popular items, then new ones. */
export function similarItems(
  itemId: string,
  limit: number,
  release: TasteModels | null,
  catalogue: Catalogue,
  nowMs: number,
): Slot[] {
  const items = release?.items ?? noItems
  const restrictions = { nowMs, exclude: [itemId], repeats: "allowed", history: emptyHistory } as const
  const eligible = eligibleRows(items, catalogue, restrictions)
  const similar = release ? neighborSlots(itemId, limit, release, eligible) : []
  for (const slot of similar) eligible[items.indexOf.get(slot.itemId)!] = 0
  const popular = release ? popularSlots(limit - similar.length, release, eligible) : []
  const missing = limit - similar.length - popular.length
  const unranked = missing > 0 ? eligibleUnranked(items, catalogue, restrictions).slice(0, missing) : []
  return [...similar, ...popular, ...unranked.map(({ id }) => unrankedSlot(id, catalogue, true))]
}

function neighborSlots(itemId: string, limit: number, { items, neighbors }: TasteModels, eligible: Uint8Array): Slot[] {
  const row = items.indexOf.get(itemId)
  if (row === undefined) return []
  const found = sparseScores(items.ids.length)
  const query = { index: Int32Array.of(row), weight: Float32Array.of(1) }
  scoreNeighbors(neighbors.graphs.coOccurrence, query, found)
  if (found.count === 0) scoreNeighbors(neighbors.graphs.content, query, found)
  const scores = found.values
  const rows = topRows(scores, eligible, limit).filter((target) => scores[target]! > 0)
  const best = rows[0] === undefined ? 1 : scores[rows[0]]!
  return rows.map((target) => ({
    itemId: items.ids[target]!,
    score: scores[target]! / best,
    reasons: [{ code: "similar", itemId }],
  }))
}

const popularSlots = (limit: number, { items, popularity }: TasteModels, eligible: Uint8Array): Slot[] =>
  topRows(popularity.overall, eligible, limit).map((row) => ({
    itemId: items.ids[row]!,
    score: 0,
    reasons: [{ code: "popular" }],
  }))

import type { ItemIndex } from "../artifact/item-index.ts"
import type { Catalogue } from "../catalogue/catalogue.ts"
import { eligibleRows, type Restrictions } from "../preference/eligible-items.ts"
import { type Graph, type NeighborWeights, scoreNeighbors } from "../preference/neighbors.ts"
import { type NewItems, scoreNewItems } from "../preference/new-items.ts"
import { mergeSlots, placedSlots } from "../preference/place-new-items.ts"
import type { PopularityWeights } from "../preference/popularity.ts"
import type { Reason } from "../preference/reasons.ts"
import type { RecipeGraphs } from "../preference/recipe-graphs.ts"
import type { Slot } from "../preference/slot.ts"
import { addScore, sparseScores, topScores } from "../preference/sparse-scores.ts"
import { nearestTo, relatedNewItems, type Source, sourcesOf } from "./related-new-items.ts"

/** The models that lists beside items are made of; a release is one. */
export interface RelatedModels {
  items: ItemIndex
  recipes: RecipeGraphs | null
  neighbors: { graphs: Pick<NeighborWeights["graphs"], "coOccurrence" | "content"> }
  /** Tells which items are new; without it none is placed. */
  popularity?: Pick<PopularityWeights, "customers">
}

export interface RelatedQuestion extends Restrictions {
  /** Items that the list goes with, or stands in for; never in it. */
  items: readonly string[]
  limit: number
}

/**
 * Most of a list of complements, as a share, that may be like an item it goes with, and the cosine of contents from which items are alike.
 * Who has several of a kind at hand is collecting it, so that more of it may follow.
 */
const alikeLimits = { one: { share: 0.3, cosine: 0.5 }, several: { share: 0.5, cosine: 0.7 } } as const

/**
 * Items that go with one item, or complete several, best first, then what the same customers bought; few of their own kind, which would
 * stand in for them instead.
 */
export function complementsOf(question: RelatedQuestion, models: RelatedModels, catalogue: Catalogue): Slot[] {
  const { items, limit } = question
  const { coOccurrence } = models.neighbors.graphs
  const slots = alongGraphs(
    { ...question, limit: 3 * limit },
    [...basketGraphs(items, models), coOccurrence],
    "similar",
    models,
    catalogue,
  )
  const { share, cosine } = alikeLimits[items.length > 1 ? "several" : "one"]
  const newItems = relatedNewItems(models, catalogue)
  const alike = alikeRows(items, cosine, models, newItems)
  const given = new Set(items.map((itemId) => models.items.indexOf.get(itemId)))
  const isAlike = ({ itemId }: Slot) =>
    alike.has(models.items.indexOf.get(itemId)!) ||
    nearestTo(itemId, newItems).some((near) => near.cosine >= cosine && given.has(near.row))
  return withFewAlike(slots, { isAlike, share, limit })
}

function basketGraphs(items: readonly string[], { recipes }: RelatedModels): Graph[] {
  if (recipes === null) return []
  const { basketCompletion, boughtTogether } = recipes
  return items.length > 1 ? [basketCompletion, boughtTogether] : [boughtTogether]
}

/** Takes slots in their order, but passes over alike ones wherever the list so far would hold more than their share of them. */
function withFewAlike(
  slots: readonly Slot[],
  { isAlike, share, limit }: { isAlike: (slot: Slot) => boolean; share: number; limit: number },
): Slot[] {
  const alike = slots.filter(isAlike)
  const other = slots.filter((slot) => !isAlike(slot))
  const placeOf = new Map(slots.map((slot, place) => [slot, place]))
  const chosen: Slot[] = []
  let [a, o] = [0, 0]
  while (chosen.length < limit && o + a < slots.length) {
    const mayBeAlike = a < alike.length && a + 1 <= Math.ceil(share * (chosen.length + 1))
    const isFirst = o >= other.length || placeOf.get(alike[a]!)! < placeOf.get(other[o]!)!
    if (mayBeAlike && isFirst) chosen.push(alike[a++]!)
    else if (o < other.length) chosen.push(other[o++]!)
    else break
  }
  return chosen
}

/** Items viewed in the same visits, best first, then items of similar content; of new items those of similar content first. */
export function alternativesTo(question: RelatedQuestion, models: RelatedModels, catalogue: Catalogue): Slot[] {
  const { recipes, neighbors } = models
  const viewed = recipes === null ? [] : [recipes.viewedTogether]
  const newItems = relatedNewItems(models, catalogue)
  const isNew = question.items.every((itemId) => newItems?.numberOf.has(itemId))
  const { content } = neighbors.graphs
  const graphs = isNew ? [content, ...viewed] : [...viewed, content]
  return alongGraphs(question, graphs, "alternative", models, catalogue)
}

/** Returns what the first graph leads to, then what the next ones add. */
function alongGraphs(
  question: RelatedQuestion,
  graphs: readonly Graph[],
  code: Reason["code"],
  models: RelatedModels,
  catalogue: Catalogue,
): Slot[] {
  const slots: Slot[] = []
  for (const graph of graphs) {
    const exclude = [...(question.exclude ?? []), ...slots.map(({ itemId }) => itemId)]
    const limit = question.limit - slots.length
    slots.push(...relatedSlots({ ...question, exclude, limit }, graph, code, models, catalogue))
  }
  return slots
}

/** Returns the rows whose content is like that of an item. */
function alikeRows(
  items: readonly string[],
  cosine: number,
  { items: index, neighbors }: RelatedModels,
  newItems: NewItems | null,
): ReadonlySet<number> {
  const { offsets, targets, weights } = neighbors.graphs.content
  const alike = new Set<number>()
  for (const near of items.flatMap((itemId) => nearestTo(itemId, newItems))) {
    if (near.cosine >= cosine) alike.add(near.row)
  }
  for (const row of rowsOf(items, index.indexOf)) {
    for (let edge = offsets[row]!; edge < offsets[row + 1]!; edge++) {
      if (weights[edge]! >= cosine) alike.add(targets[edge]!)
    }
  }
  return alike
}

const rowsOf = (items: readonly string[], indexOf: ReadonlyMap<string, number>): number[] =>
  items.flatMap((itemId) => indexOf.get(itemId) ?? [])

/**
 * The best rows along a graph's edges, summed; each names the item whose edge is the strongest. New items stand at the mean of their
 * neighbours; where the list is of alternatives, an item that it stands in for is the best of these.
 */
function relatedSlots(
  { items, limit, ...restrictions }: RelatedQuestion,
  graph: Graph,
  code: Reason["code"],
  models: RelatedModels,
  catalogue: Catalogue,
): Slot[] {
  const newItems = relatedNewItems(models, catalogue)
  const sources = sourcesOf(items, models.items.indexOf, newItems)
  if (sources.length === 0 || limit <= 0) return []
  const allowed = { ...restrictions, exclude: [...(restrictions.exclude ?? []), ...items] }
  const eligible = eligibleRows(models.items, catalogue, allowed)
  const scores = sparseScores(models.items.ids.length)
  const index = Int32Array.from(sources, ({ row }) => row)
  scoreNeighbors(graph, { index, weight: Float32Array.from(sources, ({ weight }) => weight) }, scores)
  const isContent = graph === models.neighbors.graphs.content
  if (isContent) {
    for (const { row, cosine } of items.flatMap((itemId) => nearestTo(itemId, newItems))) addScore(scores, row, cosine)
  }
  const rows = topScores(scores, eligible, limit)
  const strongest = strongestSources(graph, sources)
  const best = rows[0] === undefined ? 1 : scores.values[rows[0]]!
  const known = Array.from(rows, (row) => ({
    itemId: models.items.ids[row]!,
    score: scores.values[row]! / best,
    reasons: [{ code, itemId: strongest.get(row)?.source ?? items[0]! }],
  }))
  if (newItems === null || newItems.items.length === 0) return known
  const valueByRow = new Map<number, number>()
  for (const row of scores.rows.subarray(0, scores.count)) valueByRow.set(row, scores.values[row]! / best)
  if (code === "alternative")
    for (const { row, weight } of sources) valueByRow.set(row, Math.max(weight, valueByRow.get(row) ?? 0))
  const placed = placedSlots(newItems, scoreNewItems(newItems, valueByRow), allowed, limit)
  return mergeSlots(known, placed, limit)
}

function strongestSources({ offsets, targets, weights }: Graph, sources: readonly Source[]) {
  const strongest = new Map<number, { source: string; weight: number }>()
  for (const { itemId, row, weight } of sources) {
    for (let edge = offsets[row]!; edge < offsets[row + 1]!; edge++) {
      const known = strongest.get(targets[edge]!)
      const pull = weight * weights[edge]!
      if (known === undefined || pull > known.weight) strongest.set(targets[edge]!, { source: itemId, weight: pull })
    }
  }
  return strongest
}

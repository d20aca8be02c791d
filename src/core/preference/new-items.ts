import type { ItemIndex } from "../artifact/item-index.ts"
import type { Catalogue } from "../catalogue/catalogue.ts"
import type { Item } from "../catalogue/item.ts"
import { attributesOfItem } from "../catalogue/item-attributes.ts"
import { bestRows, offerRow, takeBest } from "./best-rows.ts"
import { type Graph, reversed } from "./neighbors.ts"
import type { PopularityWeights } from "./popularity.ts"
import { addScore, clearScores, type SparseScores, sparseScores } from "./sparse-scores.ts"

/** Items that nobody has touched yet, each beside the known items of most similar content. */
export interface NewItems {
  readonly items: readonly Item[]
  readonly numberOf: ReadonlyMap<string, number>
  /** From each new item (by its number) to rows of known items; weights are cosines of contents. */
  readonly toKnown: Graph
  /** The same edges from the known rows to numbers of new items. */
  readonly fromKnown: Graph
}

/** The models that tell which items are new. */
export interface KnownItems {
  items: ItemIndex
  popularity: Pick<PopularityWeights, "customers">
}

interface Neighbors {
  rows: Int32Array
  cosines: Float32Array
}

/** Contents of the known items: the rows that have each attribute, and the length of each row's vector. */
interface ContentIndex {
  rowsOf: ReadonlyMap<string, readonly number[]>
  norms: Float64Array
  known: number
  scratch: SparseScores
}

interface Placements {
  content: ContentIndex | null
  neighbors: WeakMap<Item, Neighbors>
  placed: WeakMap<Catalogue["items"], NewItems>
}

const neighborsPerItem = 20
/** A cosine below which two items share little more than a price band. */
const minCosine = 0.1
const maxNewItems = 2000
/** An attribute that more known items have says too little to be followed. */
const maxRows = 3000

const placements = new WeakMap<ItemIndex, Placements>()

/**
 * Places what the release has no row for, or a row that no customer touched, among the known items: at most 2,000 items, those
 * without a row first. It is computed once for each version of the catalogue, and for each item once.
 */
export function newItemsOf(models: KnownItems, { items: catalogue }: Pick<Catalogue, "items">): NewItems {
  const { items, popularity } = models
  const cache: Placements = placements.get(items) ?? { content: null, neighbors: new WeakMap(), placed: new WeakMap() }
  placements.set(items, cache)
  const made = cache.placed.get(catalogue)
  if (made) return made
  const isKnown = (id: string) => popularity.customers[items.indexOf.get(id) ?? -1]! > 0
  const untouched = [...catalogue.values()].filter(({ id }) => !isKnown(id))
  const withoutRow = untouched.filter(({ id }) => !items.indexOf.has(id))
  const withRow = untouched.filter(({ id }) => items.indexOf.has(id))
  const placed = [...withoutRow, ...withRow].slice(0, maxNewItems)
  const neighbors = placed.map((item) => {
    const found = cache.neighbors.get(item)
    if (found) return found
    cache.content ??= indexContents(items, catalogue, isKnown)
    const computed = neighborsOf(item, cache.content)
    cache.neighbors.set(item, computed)
    return computed
  })
  const toKnown = graphOf(neighbors)
  const fromKnown = reversed(toKnown, items.ids.length)
  const numberOf = new Map(placed.map(({ id }, number) => [id, number]))
  const result = { items: placed, numberOf, toKnown, fromKnown }
  cache.placed.set(catalogue, result)
  return result
}

function indexContents(
  { ids }: ItemIndex,
  catalogue: Catalogue["items"],
  isKnown: (id: string) => boolean,
): ContentIndex {
  const rowsOf = new Map<string, number[]>()
  let known = 0
  ids.forEach((id, row) => {
    const item = catalogue.get(id)
    if (item === undefined || !isKnown(id)) return
    known++
    for (const attribute of new Set(attributesOfItem(item))) {
      const rows = rowsOf.get(attribute)
      if (rows) rows.push(row)
      else rowsOf.set(attribute, [row])
    }
  })
  const squares = new Float64Array(ids.length)
  for (const rows of rowsOf.values()) {
    const rarity = rarityOf(rows, known)
    for (const row of rows) squares[row]! += rarity ** 2
  }
  return { rowsOf, norms: squares.map(Math.sqrt), known, scratch: sparseScores(ids.length) }
}

const rarityOf = (rows: readonly number[], known: number): number =>
  rows.length > maxRows ? 0 : Math.log(Math.max(1, known) / Math.max(1, rows.length))

/** Returns the known rows of highest cosine of attributes, each weighted by ln(known items / those that have it). */
function neighborsOf(item: Item, { rowsOf, norms, known, scratch }: ContentIndex): Neighbors {
  clearScores(scratch)
  let square = 0
  for (const attribute of new Set(attributesOfItem(item))) {
    const rows = rowsOf.get(attribute) ?? []
    const rarity = rarityOf(rows, known)
    square += rarity ** 2
    if (rarity > 0) for (const row of rows) addScore(scratch, row, rarity ** 2 / norms[row]!)
  }
  const best = bestRows(neighborsPerItem)
  const least = minCosine * Math.sqrt(square)
  for (const row of scratch.rows.subarray(0, scratch.count)) {
    if (scratch.values[row]! >= least) offerRow(best, neighborsPerItem, row, scratch.values[row]!)
  }
  const rows = takeBest(best)
  return { rows, cosines: Float32Array.from(rows, (row) => scratch.values[row]! / Math.sqrt(square)) }
}

function graphOf(neighbors: readonly Neighbors[]): Graph {
  const offsets = new Int32Array(neighbors.length + 1)
  neighbors.forEach(({ rows }, n) => {
    offsets[n + 1] = offsets[n]! + rows.length
  })
  const targets = new Int32Array(offsets.at(-1)!)
  const weights = new Float32Array(targets.length)
  neighbors.forEach(({ rows, cosines }, n) => {
    targets.set(rows, offsets[n]!)
    weights.set(cosines, offsets[n]!)
  })
  return { offsets, targets, weights }
}

/** Weight of the prior, a score of 0, in the mean of a new item's neighbours. */
const priorWeight = 1

/** Returns the score of each new item: the mean of its neighbours' values by their cosine, shrunk to 0; a row without a value counts 0. */
export function scoreNewItems(
  { items, toKnown, fromKnown }: NewItems,
  valueByRow: Iterable<readonly [row: number, value: number]>,
): Float64Array {
  const scores = new Float64Array(items.length)
  for (const [row, value] of valueByRow) {
    for (let edge = fromKnown.offsets[row]!; edge < fromKnown.offsets[row + 1]!; edge++) {
      scores[fromKnown.targets[edge]!]! += fromKnown.weights[edge]! * value
    }
  }
  for (let number = 0; number < scores.length; number++) {
    if (scores[number] === 0) continue
    let total = 0
    for (let edge = toKnown.offsets[number]!; edge < toKnown.offsets[number + 1]!; edge++)
      total += toKnown.weights[edge]!
    scores[number]! /= total + priorWeight
  }
  return scores
}

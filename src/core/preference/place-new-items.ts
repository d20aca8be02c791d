import type { Item } from "../catalogue/item.ts"
import { isKept } from "../history/net-purchases.ts"
import { isEligible, type Restrictions } from "./eligible-items.ts"
import { historyQuery } from "./neighbors.ts"
import { type NewItems, scoreNewItems } from "./new-items.ts"
import type { RankedCandidates } from "./rank-candidates.ts"
import type { Slot } from "./slot.ts"
import { spreadShare } from "./spread-share.ts"
import type { TasteModels } from "./taste-models.ts"

/** Slots given to items that nobody has touched yet. */
export interface Exploration {
  /** Share of a list's slots, spread over the list. */
  share: number
  /** Returns a number in [0, 1) for a text, the same for one customer and day: which lists explore, and what. */
  chanceOf: (text: string) => number
}

/** Weight of a customer's own item for its new neighbours, in shares of their likeliest candidate. */
const ownFactor = 1

/**
 * Scores new items as shares of a customer's next choice: the mean of their neighbours' shares, where what the customer did counts as
 * their likeliest candidate does and what they bought has no share of its own.
 */
export function newItemScores(
  { rows, results }: Pick<RankedCandidates, "rows" | "results">,
  shares: Float64Array,
  newItems: NewItems,
  { history }: Restrictions,
  { items, neighbors }: TasteModels,
): Float64Array {
  if (newItems.items.length === 0) return new Float64Array(0)
  const own = historyQuery(results.interactions, neighbors)
  const bought = new Set<number>()
  for (const row of own.index) {
    if (isKept(history, items.ids[row]!)) bought.add(row)
  }
  const valueByRow = new Map<number, number>()
  let likeliest = 0
  rows.forEach((row, place) => {
    if (bought.has(row)) return
    likeliest = Math.max(likeliest, shares[place]!)
    valueByRow.set(row, shares[place]!)
  })
  const most = own.weight.reduce((a, b) => Math.max(a, b), 0)
  own.index.forEach((row, n) => {
    valueByRow.set(row, (valueByRow.get(row) ?? 0) + (ownFactor * likeliest * own.weight[n]!) / most)
  })
  return scoreNewItems(newItems, valueByRow)
}

/** Returns the slots of the new items of highest score that may be answered, best first. */
export function placedSlots(
  newItems: NewItems,
  scores: Float64Array,
  restrictions: Restrictions,
  limit: number,
): Slot[] {
  const order = [...scores.keys()].filter((n) => scores[n]! > 0).sort((a, b) => scores[b]! - scores[a]! || a - b)
  const mayShow = isEligible(restrictions)
  const slots: Slot[] = []
  for (const number of order) {
    if (slots.length >= limit) break
    const item = newItems.items[number]!
    if (mayShow(item)) slots.push(newSlot(item, scores[number]!))
  }
  return slots
}

const newSlot = ({ id }: Item, score: number): Slot => ({ itemId: id, score, reasons: [{ code: "new" }] })

/** Merges two lists that descend by score, each item once, to at most `limit` slots; of equal scores the first list's come first. */
export function mergeSlots(known: readonly Slot[], placed: readonly Slot[], limit: number): Slot[] {
  if (placed.length === 0) return known.slice(0, limit)
  const merged: Slot[] = []
  const taken = new Set<string>()
  let [k, p] = [0, 0]
  while (merged.length < limit && k + p < known.length + placed.length) {
    const isKnownNext = p >= placed.length || (k < known.length && known[k]!.score >= placed[p]!.score)
    const next = isKnownNext ? known[k++]! : placed[p++]!
    if (taken.has(next.itemId)) continue
    taken.add(next.itemId)
    merged.push(next)
  }
  return merged
}

/** Of each pool of new items that may be explored: those of highest score, and as many whatever their score. */
const poolSize = 50
/** Part of the mean score that a new item has at least, so that those of no known kind are explored too. */
const leastPart = 0.25

/** Gives new items at least their share of a list, drawn by their scores; the draw is the same for one customer and day. */
export function explore(
  slots: readonly Slot[],
  newItems: NewItems,
  scores: Float64Array,
  { share, chanceOf }: Exploration,
  restrictions: Restrictions,
  limit: number,
): Slot[] {
  const { items, numberOf } = newItems
  if (share <= 0 || items.length === 0) return [...slots]
  const best = placedSlots(newItems, scores, restrictions, poolSize)
  const mayShow = isEligible(restrictions)
  const start = Math.floor(chanceOf("start") * items.length)
  const any = Array.from({ length: Math.min(poolSize, items.length) }, (_, n) => items[(start + n) % items.length]!)
  const pool = new Map(best.map((slot) => [slot.itemId, slot]))
  for (const item of any.filter(mayShow))
    if (!pool.has(item.id)) pool.set(item.id, newSlot(item, scores[numberOf.get(item.id)!] ?? 0))
  const mean = best.reduce((sum, { score }) => sum + score, 0) / Math.max(1, best.length)
  const least = mean > 0 ? leastPart * mean : 1
  // A draw without replacement in proportion to weights (Efraimidis and Spirakis 2006): earliest exponential times.
  const timeOf = ({ itemId, score }: Slot) => -Math.log(1 - chanceOf(itemId)) / (score + least)
  const drawn = [...pool.values()].map((slot) => ({ slot, time: timeOf(slot) })).sort((a, b) => a.time - b.time)
  return spreadShare(slots, () => drawn.map(({ slot }) => slot), {
    share,
    start: chanceOf("share"),
    limit,
    counts: ({ itemId }) => numberOf.has(itemId),
  })
}

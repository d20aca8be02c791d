import { type ItemIndex, noItems } from "../artifact/item-index.ts"
import type { Catalogue } from "../catalogue/catalogue.ts"
import type { History } from "../history/history.ts"
import { createItemFacts } from "../possession/item-facts.ts"
import { eligibleRows, eligibleUnranked, type Restrictions } from "./eligible-items.ts"
import { newItemsOf } from "./new-items.ts"
import { type Exploration, explore, mergeSlots, newItemScores, placedSlots } from "./place-new-items.ts"
import { priorOf, type RankedCandidates, type Rankings, rankCandidates } from "./rank-candidates.ts"
import { reasonsFor } from "./reasons.ts"
import type { Slot } from "./slot.ts"
import type { TasteModels } from "./taste-models.ts"
import { topRows } from "./top-rows.ts"

export interface RecommendQuestion extends Restrictions {
  history: History
  /** The customer's stored vector, only if it is of this release; `null`: fold the history now. */
  vector: Float32Array | null
  limit: number
  /** `true` explains every answer; a number, the first so many. */
  explain: boolean | number
  /** Ranks the candidates; lists of one page share one. */
  rankings?: Rankings | undefined
  /** Slots for items that nobody has touched yet; none by default. */
  exploration?: Exploration
}

/**
 * The items this customer most likely wants, best first; items unknown to the release stand where their like by content do, and the
 * others follow, those of most interest first. Where
 * leaving out repeats would leave nothing, repeats are answered, those that make sense before others, so that an answer is empty
 * only if all that is available was sent back.
 */
export function recommend(question: RecommendQuestion, release: TasteModels | null, catalogue: Catalogue): Slot[] {
  const slots = recommendStrictly(question, release, catalogue)
  if (slots.length > 0 || question.repeats === "allowed") return slots
  const repeats = { ...question, repeats: "allowed" as const }
  const sensible = recommendStrictly(repeats, release, catalogue)
  if (sensible.length > 0 || question.isOut === undefined) return sensible
  const factsOf = createItemFacts(question.history, question.nowMs)
  return recommendStrictly({ ...repeats, isOut: (itemId) => factsOf(itemId).returned }, release, catalogue)
}

/** The same without repeats where they are left out, even if that leaves nothing. */
export function recommendStrictly(
  question: RecommendQuestion,
  release: TasteModels | null,
  catalogue: Catalogue,
): Slot[] {
  const items = release?.items ?? noItems
  const eligible = eligibleRows(items, catalogue, question)
  const isRestricted = question.filter !== undefined || (question.exclude?.length ?? 0) > 0
  const sellable = isRestricted ? sellableRows(items, catalogue, question) : eligible
  const ranked = release ? rankAll(question, release, catalogue, { eligible, sellable }) : []
  if (ranked.length >= question.limit) return ranked
  const taken = new Set(ranked.map(({ itemId }) => itemId))
  const unranked = eligibleUnranked(items, catalogue, question)
    .filter(({ id }) => !taken.has(id))
    .slice(0, question.limit - ranked.length)
  return [
    ...ranked,
    ...unranked.map(({ id }, n) => unrankedSlot(id, catalogue, ranked.length + n < explained(question))),
  ]
}

/** Orders the eligible rows, with new items among them by their scores and, if asked, explored. */
function rankAll(
  question: RecommendQuestion,
  release: TasteModels,
  catalogue: Catalogue,
  { eligible, sellable }: { eligible: Uint8Array; sellable: Uint8Array },
): Slot[] {
  const { limit, exploration, rankings = rankCandidates } = question
  const ordered = rankings(question, release, sellable)
  const ranked = rankRows(question, release, eligible, ordered)
  const newItems = newItemsOf(release, catalogue)
  if (newItems.items.length === 0) return ranked
  const scores = newItemScores(ordered, sharesOf(ordered.scores), newItems, question, release)
  const merged = mergeSlots(ranked, placedSlots(newItems, scores, question, limit), limit)
  return exploration ? explore(merged, newItems, scores, exploration, question, limit) : merged
}

/** Orders those of the given items that the release knows, and new ones among them by their scores. */
export function rankGiven(
  question: RecommendQuestion,
  given: ReadonlySet<string>,
  release: TasteModels,
  catalogue: Catalogue,
): Slot[] {
  const { items } = release
  const eligible = eligibleRows(items, catalogue, question)
  for (let row = 0; row < eligible.length; row++) if (!given.has(items.ids[row]!)) eligible[row] = 0
  const ordered = rankCandidates(question, release, sellableRows(items, catalogue, question))
  const ranked = rankRows(question, release, eligible, ordered)
  const newItems = newItemsOf(release, catalogue)
  if (!newItems.items.some(({ id }) => given.has(id))) return ranked
  const scores = newItemScores(ordered, sharesOf(ordered.scores), newItems, question, release)
  const ofGiven = scores.map((score, n) => (given.has(newItems.items[n]!.id) ? score : 0))
  return mergeSlots(ranked, placedSlots(newItems, ofGiven, question, given.size), given.size)
}

/** Returns the number of answers to explain, from the first on. */
const explained = ({ explain, limit }: Pick<RecommendQuestion, "explain" | "limit">): number =>
  typeof explain === "number" ? explain : explain ? limit : 0

/** Rows that may be answered whatever an answer is restricted to, as a mask (1 = yes): shares of the next choice are among them. */
const sellableRows = (items: ItemIndex, catalogue: Catalogue, question: RecommendQuestion): Uint8Array => {
  const { nowMs, repeats, history, isOut } = question
  return eligibleRows(items, catalogue, { nowMs, repeats, history, isOut })
}

/** The best `limit` of the eligible rows (mask, 1 = yes), as they are ordered among all candidates and, if asked, explained. */
function rankRows(
  question: RecommendQuestion,
  release: TasteModels,
  eligible: Uint8Array,
  ordered: RankedCandidates,
): Slot[] {
  const { limit } = question
  const shares = sharesOf(ordered.scores)
  const slots: { row: number; place: number }[] = []
  for (let place = 0; place < ordered.rows.length && slots.length < limit; place++) {
    const row = ordered.rows[place]!
    if (eligible[row] === 1) slots.push({ row, place })
  }
  const known = slots.slice(0, explained(question)).map(({ place }) => place)
  const reasons = reasonsFor(known, ordered, question, release)
  const candidates = slots.map(({ row, place }, n) => ({
    itemId: release.items.ids[row]!,
    score: shares[place]!,
    reasons: reasons[n] ?? [],
  }))
  return [...candidates, ...beyond(ordered, release, question, eligible, limit - slots.length)]
}

/** Orders the rows that are no candidates by the sum of their scores, popularity among them. */
function beyond(
  { rows, results, priors: known }: RankedCandidates,
  release: TasteModels,
  question: RecommendQuestion,
  eligible: Uint8Array,
  limit: number,
): Slot[] {
  if (limit <= 0) return []
  const { scorers } = release.blend[question.repeats]
  const rest = eligible.slice()
  for (const row of rows) rest[row] = 0
  const priors = new Float32Array(rest.length)
  for (let row = 0; row < rest.length; row++)
    if (rest[row] === 1) priors[row] = known?.[row] ?? priorOf(row, results, scorers)
  return topRows(priors, rest, limit).map((row) => ({ itemId: release.items.ids[row]!, score: 0, reasons: [] }))
}

/** The softmax of scores that descend. */
function sharesOf(scores: Float64Array): Float64Array {
  const powers = scores.map((score) => Math.exp(score - scores[0]!))
  const total = powers.reduce((sum, power) => sum + power, 0)
  return powers.map((power) => power / total)
}

/** Returns the slot of an item that the release does not know, with its share of everybody's interest where there is no release. */
export function unrankedSlot(itemId: string, { interest }: Pick<Catalogue, "interest">, explain: boolean): Slot {
  const share = interest?.get(itemId) ?? 0
  return { itemId, score: share, reasons: explain ? [{ code: share > 0 ? "popular" : "new" }] : [] }
}

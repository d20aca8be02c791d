import type { Catalogue } from "../catalogue/catalogue.ts"
import type { History } from "../history/history.ts"
import { blend, partScales } from "./blend.ts"
import { eligibleRows, eligibleUnranked, type Restrictions } from "./eligible-items.ts"
import { itemIndex } from "./item-index.ts"
import { type Reason, reasonsFor } from "./reasons.ts"
import type { Release } from "./release.ts"
import { scoreParts } from "./score-items.ts"
import { topRows } from "./top-rows.ts"

export interface RecommendQuestion extends Restrictions {
  history: History
  /** The customer's stored vector, only if it is of this release; `null`: fold the history now. */
  vector: Float32Array | null
  limit: number
  /** Whether to find each answer's reasons. */
  explain: boolean
}

export interface Slot {
  itemId: string
  /** The blended score, at most 1; 0 for an item the release does not know. */
  score: number
  reasons: readonly Reason[]
}

const noItems = itemIndex([])

/**
 * The items this customer most likely wants, best first; items unknown to the release follow in order of id. Where leaving
 * out repeats would leave nothing, repeats are answered, so that an answer is empty only if nothing is available.
 */
export function recommend(question: RecommendQuestion, release: Release | null, catalogue: Catalogue): Slot[] {
  const slots = recommendStrictly(question, release, catalogue)
  if (slots.length > 0 || question.repeats === "allowed") return slots
  return recommendStrictly({ ...question, repeats: "allowed" }, release, catalogue)
}

function recommendStrictly(question: RecommendQuestion, release: Release | null, catalogue: Catalogue): Slot[] {
  const items = release?.items ?? noItems
  const eligible = eligibleRows(items, catalogue, question)
  const ranked = release ? rankRows(question, release, eligible) : []
  if (ranked.length >= question.limit) return ranked
  const unranked = eligibleUnranked(items, catalogue, question).slice(0, question.limit - ranked.length)
  return [...ranked, ...unranked.map(({ id }) => newItemSlot(id, question.explain))]
}

/** The best `limit` of the eligible rows (mask, 1 = yes), scored and, if asked, explained. */
export function rankRows(question: RecommendQuestion, release: Release, eligible: Uint8Array): Slot[] {
  const scored = scoreParts(question, release)
  const scales = partScales(scored.parts, release.blend[question.repeats], eligible)
  const scores = new Float32Array(eligible.length)
  blend(scored.parts, scales, scores)
  const rows = topRows(scores, eligible, question.limit)
  const reasons = question.explain ? reasonsFor(rows, { ...scored, scales, history: question.history }, release) : []
  return rows.map((row, n) => ({ itemId: release.items.ids[row]!, score: scores[row]!, reasons: reasons[n] ?? [] }))
}

export const newItemSlot = (itemId: string, explain: boolean): Slot => ({
  itemId,
  score: 0,
  reasons: explain ? [{ code: "new" }] : [],
})

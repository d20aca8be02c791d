import { noItems } from "../artifact/item-index.ts"
import type { Catalogue } from "../catalogue/catalogue.ts"
import { eligibleUnranked } from "./eligible-items.ts"
import { type RecommendQuestion, rankGiven, unrankedSlot } from "./recommend.ts"
import type { Slot } from "./slot.ts"
import type { TasteModels } from "./taste-models.ts"

export interface RankQuestion extends Omit<RecommendQuestion, "limit"> {
  itemIds: readonly string[]
}

/** Puts a given list in this customer's order: once each, without what is not available; new items stand where their like by content do, and what is like nothing keeps its order at the end; without a release, those of most interest come first. */
export function rank(question: RankQuestion, release: TasteModels | null, catalogue: Catalogue): Slot[] {
  const given = new Set(question.itemIds)
  const ranked = release ? rankGiven({ ...question, limit: given.size }, given, release, catalogue) : []
  const placed = new Set(ranked.map(({ itemId }) => itemId))
  const unknown = eligibleUnranked(release?.items ?? noItems, catalogue, question).map(({ id }) => id)
  const unranked = new Set(unknown.filter((itemId) => !placed.has(itemId)))
  const interestIn = (itemId: string) => catalogue.interest?.get(itemId) ?? 0
  const last = [...given].filter((itemId) => unranked.has(itemId)).sort((a, b) => interestIn(b) - interestIn(a))
  return [...ranked, ...last.map((itemId) => unrankedSlot(itemId, catalogue, question.explain !== false))]
}

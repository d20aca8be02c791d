import { noItems } from "../artifact/item-index.ts"
import type { Catalogue } from "../catalogue/catalogue.ts"
import { eligibleRows, eligibleUnranked } from "./eligible-items.ts"
import { rankCandidates } from "./rank-candidates.ts"
import { type RecommendQuestion, rankRows, sellableRows, unrankedSlot } from "./recommend.ts"
import type { Slot } from "./slot.ts"
import type { TasteModels } from "./taste-models.ts"

export interface RankQuestion extends Omit<RecommendQuestion, "limit"> {
  itemIds: readonly string[]
}

/** Puts a given list in this customer's order: once each, without what is not available; items unknown to the release keep their order at the end; without a release, those of most interest come first. */
export function rank(question: RankQuestion, release: TasteModels | null, catalogue: Catalogue): Slot[] {
  const items = release?.items ?? noItems
  const given = new Set(question.itemIds)
  const eligible = eligibleRows(items, catalogue, question)
  for (let row = 0; row < eligible.length; row++) if (!given.has(items.ids[row]!)) eligible[row] = 0
  const asked = { ...question, limit: given.size }
  const ranked = release
    ? rankRows(asked, release, eligible, rankCandidates(asked, release, sellableRows(items, catalogue, asked)))
    : []
  const unranked = new Set(eligibleUnranked(items, catalogue, question).map(({ id }) => id))
  const interestIn = (itemId: string) => catalogue.interest?.get(itemId) ?? 0
  const last = [...given].filter((itemId) => unranked.has(itemId)).sort((a, b) => interestIn(b) - interestIn(a))
  return [...ranked, ...last.map((itemId) => unrankedSlot(itemId, catalogue, question.explain !== false))]
}

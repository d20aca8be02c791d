import { type ContentFeed, type FeedQuestion, fittingItems, maxFeedBytes } from "../../core/content/content-feed.ts"
import { modelUsed } from "../../core/decision/model-used.ts"
import { emptyHistory } from "../../core/history/history.ts"
import { recommend } from "../../core/preference/recommend.ts"
import { rankedItems } from "../../render/ranked-items.ts"
import type { Services } from "../../services.ts"

const surroundingBytes = 1000

/** Returns the most popular items, the same for all customers. Reads memory only and records no decision. */
export function feedContent(services: Services, { placement, category, brand, limit }: FeedQuestion): ContentFeed {
  const { live, catalogue, policies, clock } = services
  const release = live.current()
  const question = {
    history: emptyHistory,
    vector: null,
    limit,
    repeats: policies.of(placement).repeats,
    filter: { ...(category !== undefined && { category: [category] }), ...(brand !== undefined && { brand: [brand] }) },
    nowMs: clock(),
    explain: false,
  }
  const slots = recommend(question, release, catalogue.current())
  const items = rankedItems(slots, catalogue.current())
  return {
    placement,
    ...modelUsed(release?.id ?? null),
    items: fittingItems(items, maxFeedBytes - surroundingBytes),
  }
}

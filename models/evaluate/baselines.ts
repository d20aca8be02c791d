import type { Catalogue } from "../../src/core/catalogue/catalogue.ts"
import { netPurchases } from "../../src/core/history/net-purchases.ts"
import { eligibleRows, type Restrictions } from "../../src/core/preference/eligible-items.ts"
import { topRows } from "../../src/core/preference/top-rows.ts"
import type { Release } from "../../src/core/release/release.ts"

export interface BaselineQuestion extends Restrictions {
  limit: number
}

/** Returns the items most popular overall, best first. */
export function popularItems(question: BaselineQuestion, release: Release, catalogue: Catalogue): string[] {
  const { items, popularity } = release
  const eligible = eligibleRows(items, catalogue, question)
  return topRows(popularity.overall, eligible, question.limit).map((row) => items.ids[row]!)
}

/** Returns the items the customer bought most often, equal ones by popularity, then popular items. */
export function habitualItems(question: BaselineQuestion, release: Release, catalogue: Catalogue): string[] {
  const { items, popularity } = release
  const eligible = eligibleRows(items, catalogue, question)
  const most = popularity.overall.reduce((a, b) => Math.max(a, b), 0)
  const scores = popularity.overall.map((count) => (most > 0 ? count / (2 * most) : 0))
  for (const [itemId, item] of Object.entries(question.history.items)) {
    const row = items.indexOf.get(itemId)
    if (row !== undefined) scores[row]! += Math.max(0, netPurchases(item))
  }
  return topRows(scores, eligible, question.limit).map((row) => items.ids[row]!)
}

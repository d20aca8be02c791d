import type { Catalogue } from "../../src/core/catalogue/catalogue.ts"
import { meanWithError } from "../../src/core/measure/mean.ts"
import { rank } from "../../src/core/preference/rank.ts"
import type { Release } from "../../src/core/release/release.ts"
import type { EvaluationCase } from "../data/evaluation-cases.ts"

export interface NewItemsMeasure {
  /** Items that nobody had done anything with, and customers who bought one. */
  items: number
  customers: number
  /** The share of the other new items that stand behind a bought one, mean over customers: one half by chance. */
  ahead: number
  error: number
}

/** Measures if an item's attributes predict who will buy it before anybody did: the served order of the new items alone. */
export function measureNewItems(
  release: Release,
  cases: readonly EvaluationCase[],
  catalogue: Catalogue,
  cut: number,
): NewItemsMeasure {
  const { ids } = release.items
  const isNew = (id: string) => release.popularity.customers[release.items.indexOf.get(id) ?? -1] === 0
  const itemIds = ids.filter((id) => isNew(id) && catalogue.items.has(id))
  const shares = cases.flatMap(({ history, relevant }) => {
    const wanted = new Set([...relevant.all].filter(isNew))
    if (history.firstAt === null || wanted.size === 0 || wanted.size === itemIds.length) return []
    const question = { history, vector: null, repeats: "allowed", nowMs: cut, explain: false, itemIds } as const
    return [
      shareAhead(
        rank(question, release, catalogue).map(({ itemId }) => itemId),
        wanted,
      ),
    ]
  })
  const { mean, error } = meanWithError(shares)
  return { items: itemIds.length, customers: shares.length, ahead: mean, error }
}

/** Of all pairs of something wanted and something else, the share in which the wanted stands first. */
function shareAhead(order: readonly string[], wanted: ReadonlySet<string>): number {
  let [before, pairs] = [0, 0]
  for (const id of order) {
    if (wanted.has(id)) pairs += order.length - wanted.size - before
    else before++
  }
  return pairs / (wanted.size * (order.length - wanted.size))
}

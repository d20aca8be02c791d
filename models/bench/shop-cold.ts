import type { Catalogue } from "../../src/core/catalogue/catalogue.ts"
import { meanWithError } from "../../src/core/measure/mean.ts"
import { rank } from "../../src/core/preference/rank.ts"
import type { Release } from "../../src/core/release/release.ts"
import type { EvaluationCase } from "../data/evaluation-cases.ts"

export interface NewItemsMeasure {
  /** Items without an event before the cut, and known customers who bought one. */
  items: number
  customers: number
  /** Share of the other new items that are ranked below a bought one, mean over customers (AUC, 0.5 by chance), with its standard error. */
  auc: number
  error: number
}

/** Measures how well attributes rank items that nobody has bought yet, in the served order of these items alone. */
export function measureNewItems(
  release: Release,
  cases: readonly EvaluationCase[],
  catalogue: Catalogue,
  cut: number,
): NewItemsMeasure {
  const { ids } = release.items
  const isNew = (id: string) => release.popularity.customers[release.items.indexOf.get(id) ?? -1] === 0
  const itemIds = ids.filter((id) => isNew(id) && catalogue.items.has(id))
  const shares = cases.flatMap(({ history, relevant: { all } }) => {
    const relevant = new Set([...all].filter(isNew))
    if (history.firstAt === null || relevant.size === 0 || relevant.size === itemIds.length) return []
    const query = { history, vector: null, repeats: "allowed", nowMs: cut, explain: false, itemIds } as const
    return [
      aucOf(
        rank(query, release, catalogue).map(({ itemId }) => itemId),
        relevant,
      ),
    ]
  })
  const { mean, error } = meanWithError(shares)
  return { items: itemIds.length, customers: shares.length, auc: mean, error }
}

/** Returns the share of pairs of a relevant and another item in which the relevant one is ranked first. */
function aucOf(order: readonly string[], relevant: ReadonlySet<string>): number {
  let [before, pairs] = [0, 0]
  for (const id of order) {
    if (relevant.has(id)) pairs += order.length - relevant.size - before
    else before++
  }
  return pairs / (relevant.size * (order.length - relevant.size))
}

import type { Catalogue } from "../catalogue/catalogue.ts"
import { netPurchases } from "../history/net-purchases.ts"
import { eligibleRows } from "../preference/eligible-items.ts"
import { priorOf } from "../preference/rank-candidates.ts"
import type { ScorerResults } from "../preference/scorer-results.ts"
import type { TasteModels } from "../preference/taste-models.ts"
import { type KeepModel, keepProbability } from "./keep.ts"
import { type KeepQuery, keepFeaturesOf, scoreTaste, tasteScorers } from "./keep-features.ts"

export interface KeepForecast {
  itemId: string
  /** P(kept | sent unasked). */
  keep: number
}

/**
 * The items a customer might be sent, at most `limit`, in turn the best of all and of those that would be new to them: by the sum of what each
 * part of the release that knows taste says, relative to its highest. Only items the release knows: of others nobody can say whether they are kept.
 */
export const keepCandidates = (
  question: KeepQuery,
  release: TasteModels,
  catalogue: Catalogue,
  limit: number,
): string[] => candidatesFrom(question, release, limit, scoreAvailable(question, release, catalogue, limit))

function candidatesFrom(
  { history }: KeepQuery,
  { items }: TasteModels,
  limit: number,
  scored: ScorerResults,
): string[] {
  const rows = [...new Set(tasteScorers.flatMap((part) => [...scored.top[part]]))]
  const prior = new Map(rows.map((row) => [row, priorOf(row, scored, tasteScorers)]))
  rows.sort((a, b) => prior.get(b)! - prior.get(a)! || a - b)
  const isNew = (row: number) => {
    const own = history.items[items.ids[row]!]
    return own === undefined || netPurchases(own) === 0
  }
  const fresh = rows.filter(isNew)
  const chosen = new Set<number>()
  for (let n = 0; n < rows.length && chosen.size < limit; n++) {
    for (const row of [rows[n], fresh[n]]) if (row !== undefined && chosen.size < limit) chosen.add(row)
  }
  return Array.from(chosen, (row) => items.ids[row]!)
}

function scoreAvailable(question: KeepQuery, release: TasteModels, catalogue: Catalogue, limit: number): ScorerResults {
  const { history, nowMs } = question
  const available = eligibleRows(release.items, catalogue, { nowMs, repeats: "allowed", history })
  return scoreTaste(question, release, available, 2 * limit)
}

/** Items by taste that a preference chooses from. */
const poolSize = 200

/** Returns items for a customer with P(kept | sent) of each; with a preference those that it puts first among more of them. */
export function keepForecasts(
  question: KeepQuery,
  { release, catalogue, keep }: { release: TasteModels; catalogue: Catalogue; keep: KeepModel },
  limit = 20,
  preference?: (itemId: string) => number,
): KeepForecast[] {
  const width = preference === undefined ? limit : Math.max(limit, poolSize)
  const scored = scoreAvailable(question, release, catalogue, width)
  const found = candidatesFrom(question, release, width, scored)
  const itemIds = preference === undefined ? found : highest(found, preference, limit)
  const features = keepFeaturesOf(question, release, catalogue, scored)(itemIds)
  return itemIds.map((itemId, n) => ({ itemId, keep: keepProbability(features[n]!, keep) }))
}

function highest(itemIds: readonly string[], preference: (itemId: string) => number, limit: number): string[] {
  const values = new Map(itemIds.map((itemId) => [itemId, preference(itemId)]))
  return itemIds.toSorted((a, b) => values.get(b)! - values.get(a)!).slice(0, limit)
}

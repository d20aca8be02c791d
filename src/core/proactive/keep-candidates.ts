import type { Catalogue } from "../catalogue/catalogue.ts"
import { recommend } from "../preference/recommend.ts"
import type { Release } from "../preference/release.ts"
import { type Keep, keepProbability } from "./keep.ts"
import { type KeepQuestion, keepFeaturesOf } from "./keep-features.ts"

export interface KeepForecast {
  itemId: string
  /** P(kept | sent unasked). */
  keep: number
}

/** The items a customer might be sent, at most `limit`: in turn the best of those they may buy again and of those that would be new to them. */
export function keepCandidates(
  { history, vector, nowMs }: KeepQuestion,
  release: Release,
  catalogue: Catalogue,
  limit: number,
): string[] {
  const best = (repeats: "allowed" | "excluded") =>
    recommend({ history, vector, nowMs, limit, repeats, explain: false }, release, catalogue)
  const [any, fresh] = [best("allowed"), best("excluded")]
  const chosen = new Set<string>()
  for (let n = 0; n < limit && chosen.size < limit; n++) {
    for (const slot of [any[n], fresh[n]]) if (slot !== undefined && chosen.size < limit) chosen.add(slot.itemId)
  }
  return [...chosen]
}

/** What a customer might be sent and how likely they would keep each. */
export function keepForecasts(
  question: KeepQuestion,
  { release, catalogue, keep }: { release: Release; catalogue: Catalogue; keep: Keep },
  limit = 20,
): KeepForecast[] {
  const itemIds = keepCandidates(question, release, catalogue, limit)
  const features = keepFeaturesOf(question, release, catalogue)(itemIds)
  return itemIds.map((itemId, n) => ({ itemId, keep: keepProbability(features[n]!, keep) }))
}

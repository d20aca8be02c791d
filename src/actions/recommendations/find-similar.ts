import type { RankedItem } from "../../core/decision/decision-schema.ts"
import { similarItems } from "../../core/preference/similar.ts"
import { ApiError } from "../../core/problem/problem.ts"
import { rankedItems } from "../../render/ranked-items.ts"
import type { Services } from "../../services.ts"

/** Finds items similar to an item of the catalogue, from memory alone. */
export function findSimilar(
  { live, catalogue, clock }: Pick<Services, "live" | "catalogue" | "clock">,
  itemId: string,
  limit: number,
): { modelVersion: string | null; items: RankedItem[] } {
  const release = live.current()
  const shop = catalogue.current()
  if (!shop.items.has(itemId))
    throw new ApiError("notFound", `the catalogue has no item ${itemId}; send it to /v1/items`)
  const slots = similarItems(itemId, limit, release, shop, clock())
  return { modelVersion: release?.id ?? null, items: rankedItems(slots, shop, { explain: true }) }
}

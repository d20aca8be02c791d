import type { RankedItem } from "../../core/decision/decision-schema.ts"
import { modelUsed } from "../../core/decision/model-used.ts"
import { similarItems } from "../../core/preference/similar.ts"
import { ApiError } from "../../core/problem/problem.ts"
import { rankedItems } from "../../render/ranked-items.ts"
import type { Services } from "../../services.ts"
import { reasonLocale } from "./reason-locale.ts"

/** Finds items similar to an item of the catalogue, from memory alone. */
export function findSimilar(
  services: Pick<Services, "live" | "catalogue" | "clock" | "settings">,
  itemId: string,
  limit: number,
): { modelVersion: string | null; untrained: boolean; items: RankedItem[] } {
  const { live, catalogue, clock } = services
  const release = live.current()
  const shop = catalogue.current()
  if (!shop.items.has(itemId))
    throw new ApiError("notFound", `the catalogue has no item ${itemId}; send it to /v1/items`)
  const slots = similarItems(itemId, limit, release, shop, clock())
  return {
    ...modelUsed(release?.id ?? null),
    items: rankedItems(slots, shop, { explainIn: reasonLocale(services, true) }),
  }
}

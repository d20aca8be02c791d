import type { ItemFilter } from "../../core/catalogue/item-filter.ts"
import type { RankedItem } from "../../core/decision/decision-schema.ts"
import { modelUsed } from "../../core/decision/model-used.ts"
import { emptyHistory } from "../../core/history/history.ts"
import { ApiError } from "../../core/problem/problem.ts"
import { answerRecipe } from "../../core/recipe/answer-recipe.ts"
import type { RecipeName } from "../../core/schema/recipe.ts"
import { rankedItems } from "../../render/ranked-items.ts"
import type { Services } from "../../services.ts"
import { reasonLocale } from "./reason-locale.ts"

interface SimilarQuestion {
  itemId: string
  limit: number
  filter?: ItemFilter | undefined
  exclude?: readonly string[] | undefined
}

/** Finds items that go with an item of the catalogue, from memory alone. */
export function findSimilar(
  services: Pick<Services, "live" | "catalogue" | "clock" | "settings">,
  { itemId, limit, filter, exclude = [] }: SimilarQuestion,
): { modelVersion: string | null; untrained: boolean; recipe: RecipeName; items: RankedItem[] } {
  const { live, catalogue, clock } = services
  const release = live.current()
  const shop = catalogue.current()
  if (!shop.items.has(itemId))
    throw new ApiError("notFound", `the catalogue has no item ${itemId}; send it to /v1/items`)
  const nobody = { history: emptyHistory, vector: null, noveltyShare: 0, explain: true, nowMs: clock() }
  const asked = { recipe: "complements", items: [itemId], exclude: [...exclude, itemId], limit } as const
  const { recipe, slots } = answerRecipe({ ...nobody, ...asked, ...(filter && { filter }) }, release, shop)
  return {
    ...modelUsed(release?.id ?? null),
    recipe,
    items: rankedItems(slots, shop, { explainIn: reasonLocale(services, true) }),
  }
}

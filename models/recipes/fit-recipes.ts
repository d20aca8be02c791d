import { emptyGraph } from "../../src/core/preference/neighbors.ts"
import type { RecipeGraphs } from "../../src/core/preference/recipe-graphs.ts"
import { basketsOf, visitsOf } from "../data/item-groups.ts"
import type { Past } from "../data/past.ts"
import { type CompletionParameters, fitCompletion } from "./fit-completion.ts"
import { fitTogether, type TogetherParameters } from "./fit-together.ts"

export interface RecipeParameters {
  boughtTogether: TogetherParameters
  basketCompletion: CompletionParameters
  viewedTogether: TogetherParameters
}

/** Parameters that a search starts from, and those of a past too short to search. */
export const startingRecipes: RecipeParameters = {
  boughtTogether: {
    edgesPerItem: 100,
    sizeExponent: 0,
    targetExponent: 0.05,
    support: 3,
    halfLifeDays: 120,
    distanceExponent: 0,
    backward: 1,
  },
  basketCompletion: {
    customerExponent: 0.5,
    support: 75,
    supportExponent: 0.1,
    regularization: 1,
    regularizationExponent: 0.5,
    halfLifeDays: 180,
  },
  viewedTogether: {
    edgesPerItem: 100,
    sizeExponent: 0,
    targetExponent: 0.2,
    support: 0,
    halfLifeDays: 120,
    distanceExponent: 0,
    backward: 1,
  },
}

/** Fits the graphs of the recipes on a past; one for which the past has nothing, or for which no time is left, has no edges. */
export async function fitRecipes(
  { histories, items, untilMs }: Pick<Past, "histories" | "items" | "untilMs">,
  { boughtTogether, basketCompletion, viewedTogether }: RecipeParameters,
  { threads, hasTime = () => true }: { threads: number; hasTime?: () => boolean },
): Promise<RecipeGraphs> {
  const size = items.ids.length
  const baskets = basketsOf(histories, items, { until: untilMs })
  const visits = visitsOf(histories, items, { until: untilMs })
  const none = emptyGraph(size)
  const hasBaskets = baskets.at.length > 0
  return {
    boughtTogether: hasBaskets && hasTime() ? fitTogether(baskets, size, untilMs, boughtTogether) : none,
    basketCompletion:
      hasBaskets && hasTime() ? await fitCompletion(baskets, size, untilMs, basketCompletion, { threads }) : none,
    viewedTogether: visits.at.length > 0 && hasTime() ? fitTogether(visits, size, untilMs, viewedTogether) : none,
  }
}

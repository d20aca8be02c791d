import type { Catalogue } from "../../../src/core/catalogue/catalogue.ts"
import { isKept } from "../../../src/core/history/net-purchases.ts"
import { uniformOf } from "../../../src/core/measure/draw.ts"
import { defaultPolicy } from "../../../src/core/policy/policy.ts"
import { itemsOutOf } from "../../../src/core/policy/possession-refusal.ts"
import { createPossession } from "../../../src/core/possession/possession.ts"
import { answerRecipe } from "../../../src/core/recipe/answer-recipe.ts"
import type { Release } from "../../../src/core/release/release.ts"
import type { RecipeName } from "../../../src/core/schema/recipe.ts"
import type { EvaluationCase } from "../../data/evaluation-cases.ts"
import { habitualItems, popularItems } from "../../evaluate/baselines.ts"
import { ratioOf } from "./ratio.ts"

const limit = 20

interface Measured {
  hits: number[]
  /** Share of the slots that hold what the customer never bought. */
  newShare: number
}

/** Measures lists of 20 for known customers: what of it each bought in the days that followed. */
export function measureLists(
  release: Release,
  cases: readonly EvaluationCase[],
  catalogue: Catalogue,
  { nowMs, noveltyShare = defaultPolicy.noveltyShare }: { nowMs: number; noveltyShare?: number | null },
) {
  const known = cases.filter(({ history }) => history.firstAt !== null)
  const served = (recipe: RecipeName) => (one: EvaluationCase) => {
    const { history } = one
    const possession = createPossession(history, nowMs, release.renewal)
    const terms = { ...defaultPolicy.possession, ...(recipe === "forYou" && { minNeededAgain: 0 }) }
    const isOut = itemsOutOf(catalogue.items, possession, terms)
    const chanceOf = (text: string) => uniformOf(`${one.customer}/${text}`)
    const exploration = { share: defaultPolicy.explorationShare, chanceOf }
    const taste = { history, vector: null, nowMs, isOut, exploration }
    const question = { ...taste, recipe, items: [], noveltyShare, limit, explain: false }
    return answerRecipe(question, release, catalogue).slots.map(({ itemId }) => itemId)
  }
  const baseline = (answer: typeof habitualItems, repeats: "allowed" | "excluded") => (one: EvaluationCase) =>
    answer({ history: one.history, repeats, nowMs, limit }, release, catalogue)
  const measure = (of: (one: EvaluationCase) => string[]): Measured => {
    const lists = known.map(of)
    const hits = known.map(({ relevant }, n) => lists[n]!.filter((id) => relevant.all.has(id)).length)
    const fresh = known.map(({ history }, n) => lists[n]!.filter((id) => !isKept(history, id)).length)
    const slots = lists.reduce((sum, { length }) => sum + length, 0)
    return { hits, newShare: fresh.reduce((sum, count) => sum + count, 0) / Math.max(1, slots) }
  }
  const home = measure(served("forYou"))
  const best = measure(baseline(habitualItems, "allowed"))
  const discover = measure(served("discover"))
  const popular = measure(baseline(popularItems, "excluded"))
  return {
    customers: known.length,
    homeToBest: ratioOf(home.hits, best.hits),
    homeNew: { served: home.newShare, baseline: best.newShare },
    discoverToPopular: ratioOf(discover.hits, popular.hits),
    hits: { home: sum(home.hits), best: sum(best.hits), discover: sum(discover.hits), popular: sum(popular.hits) },
  }
}

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0)

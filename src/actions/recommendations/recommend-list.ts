import type { RecommendAnswer } from "../../core/decision/decision-schema.ts"
import { modelUsed } from "../../core/decision/model-used.ts"
import type { RecommendRequest } from "../../core/decision/question.ts"
import { keptRanks, rankingTrace } from "../../core/decision/ranking-trace.ts"
import { emptyHistory } from "../../core/history/history.ts"
import { uniformOf } from "../../core/measure/draw.ts"
import type { Policy } from "../../core/policy/policy.ts"
import { usualRepeats } from "../../core/policy/usual-repeats.ts"
import type { Exploration } from "../../core/preference/place-new-items.ts"
import type { Rankings } from "../../core/preference/rank-candidates.ts"
import { type RecommendQuestion, recommend } from "../../core/preference/recommend.ts"
import type { Repeats } from "../../core/preference/scorers.ts"
import type { Slot } from "../../core/preference/slot.ts"
import { ApiError } from "../../core/problem/problem.ts"
import { answerRecipe, isRotated, type RecipeAnswer } from "../../core/recipe/answer-recipe.ts"
import { type Rotation, rotate } from "../../core/recipe/rotation.ts"
import type { Release } from "../../core/release/release.ts"
import type { RecipeName } from "../../core/schema/recipe.ts"
import { dayMs } from "../../core/time/durations.ts"
import { rankedItems } from "../../render/ranked-items.ts"
import type { Services } from "../../services.ts"
import type { CustomerRecord } from "../../store/customers/customers.ts"
import { customerPossession } from "../customers/customer-possession.ts"
import { recordedAs } from "./answer-from-memory.ts"
import { reasonLocale } from "./reason-locale.ts"
import { recordRanking } from "./record-ranking.ts"
import { scoringInputs } from "./scoring-inputs.ts"

/** A question for the first page of one list. */
export type ListRequest = Omit<RecommendRequest, "customer" | "after">

/** The part of a question that decides how its list is rotated. */
export type RotatedList = Pick<ListRequest, "placement" | "recipe" | "repeats" | "limit">

/** A list chosen for a customer, and what it was chosen by. */
interface ChosenList extends RecipeAnswer {
  request: ListRequest
  repeats: Repeats
  coldStart: boolean
  release: Release | null
  policyVersion: string
}

/** Terms of a list that its request does not name; lists of one page share time and rankings. */
interface ListTerms {
  nowMs: number
  rankings?: Rankings
  rotation?: Rotation | undefined
}

/** Chooses a list, with one slot more than is kept, to know whether there are more. */
export function chooseList(
  services: Services,
  customer: CustomerRecord,
  request: ListRequest,
  terms: ListTerms,
): ChosenList {
  const release = services.live.current()
  const policy = services.policies.of(request.placement)
  const { coldStart, ...taste } = scoringInputs(customer, release)
  const restrictions = restrictionsOf(request)
  const possession = possessionTerms(policy, recipeOf(policy, request))
  const { isOut } = customerPossession(services, customer, { possession }, terms.nowMs)
  const limit = keptRanks(request.limit) + 1
  const explain = request.explain ? request.limit : false
  const exploring = { exploration: explorationOf(policy, customer.customerId, terms.nowMs) }
  const answer = answerList(services, request, {
    ...taste,
    ...restrictions,
    ...terms,
    ...exploring,
    isOut,
    limit,
    explain,
  })
  return { ...answer, request, coldStart, release, policyVersion: policy.version }
}

/** Returns the recipe that a request or its placement names; `null` where the repeat policy decides. */
const recipeOf = (policy: Policy, { recipe, repeats }: RotatedList): RecipeName | null =>
  recipe ?? (repeats === undefined ? policy.recipe : null)

/** Returns whether a list goes down with what was passed over. */
export function isRotatedList(policy: Policy, request: RotatedList): boolean {
  const recipe = recipeOf(policy, request)
  return recipe === null || isRotated(recipe)
}

/** Returns the slots for new items, drawn anew for each customer and day. */
function explorationOf({ explorationShare }: Policy, customerId: string, nowMs: number): Exploration {
  const day = Math.floor(nowMs / dayMs)
  return { share: explorationShare, chanceOf: (text) => uniformOf(`${customerId}/${day}/${text}`) }
}

/** Returns what a list leaves out; the ranking of `forYou` itself tells what is needed again. */
const possessionTerms = ({ possession }: Policy, recipe: RecipeName | null): Policy["possession"] =>
  recipe === "forYou" ? { ...possession, minNeededAgain: 0 } : possession

/** Returns the slots of a chosen list that its first page shows. */
export const shownOf = ({ slots, request }: ChosenList): readonly Slot[] => slots.slice(0, request.limit)

/** Records a chosen list as a decision, and answers its first page. */
export async function recordList(
  services: Services,
  customer: CustomerRecord,
  chosen: ChosenList,
): Promise<RecommendAnswer & { recipe: RecipeAnswer["recipe"] }> {
  const { request, recipe, repeats, coldStart, release, policyVersion } = chosen
  const { placement, limit, filter, explain } = request
  const slots = chosen.slots.slice(0, keptRanks(limit))
  const shown = shownOf(chosen)
  const excluded = [...(request.exclude ?? []), ...(request.items ?? [])]
  const decisionId = await recordRanking(services, {
    verb: "recommend",
    customer,
    placement,
    releaseId: release?.id ?? null,
    policyVersion,
    trace: rankingTrace(slots, {
      shown: shown.length,
      repeats,
      recipe,
      coldStart,
      ...(filter && { filter }),
      ...(excluded.length > 0 && { excluded }),
    }),
  })
  const explainIn = reasonLocale(services, explain, customer)
  return {
    ...recordedAs(services, decisionId),
    customerId: customer.customerId,
    coldStart,
    ...modelUsed(release?.id ?? null),
    recipe,
    items: rankedItems(shown, services.catalogue.current(), { explainIn }),
    hasMore: decisionId !== null && chosen.slots.length > limit,
  }
}

/** Chooses a list for nobody in particular, from memory alone. */
export function listFromMemory(services: Services, request: ListRequest): RecipeAnswer {
  const { limit, explain } = request
  const nobody = { history: emptyHistory, vector: null, nowMs: services.clock() }
  return answerList(services, request, { ...nobody, ...restrictionsOf(request), limit, explain })
}

type ListQuestion = Omit<RecommendQuestion, "repeats"> & { rotation?: Rotation | undefined }

/** Answers by the recipe of the request, of the placement's policy, or the one that its repeat policy amounts to. */
function answerList(
  { live, catalogue, policies }: Services,
  request: ListRequest,
  question: ListQuestion,
): RecipeAnswer & { repeats: Repeats } {
  const policy = policies.of(request.placement)
  const recipe = recipeOf(policy, request)
  const models = [live.current(), catalogue.current()] as const
  if (recipe !== null) {
    const { noveltyShare } = policy
    const repeats = usualRepeats({ ...policy, recipe })
    return { ...answerRecipe({ ...question, recipe, items: request.items ?? [], noveltyShare }, ...models), repeats }
  }
  const repeats = request.repeats ?? policy.repeats
  const { isOut, rotation, ...rest } = question
  // Who asks for repeats gets them, whatever came back.
  const slots = recommend({ ...rest, repeats, ...(repeats === "excluded" && { isOut }) }, ...models)
  return { recipe: repeats === "excluded" ? "discover" : "forYou", repeats, slots: rotate(slots, rotation) }
}

const restrictionsOf = ({ filter, exclude, recipe, repeats }: ListRequest) => {
  if (recipe !== undefined && repeats !== undefined) {
    throw new ApiError("invalidRequest", "`recipe` says whether items repeat; leave out `repeats`, or `recipe`", {
      errors: [{ pointer: "/repeats", message: "is decided by `recipe`" }],
    })
  }
  return { ...(filter && { filter }), ...(exclude && { exclude }) }
}

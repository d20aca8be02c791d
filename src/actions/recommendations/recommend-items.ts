import type { Caller } from "../../core/access/scope.ts"
import type { RecommendAnswer } from "../../core/decision/decision-schema.ts"
import { modelUsed } from "../../core/decision/model-used.ts"
import type { RecommendRequest } from "../../core/decision/question.ts"
import { keptRanks, rankingTrace } from "../../core/decision/ranking-trace.ts"
import { emptyHistory } from "../../core/history/history.ts"
import { usualRepeats } from "../../core/policy/usual-repeats.ts"
import { type RecommendQuestion, recommend } from "../../core/preference/recommend.ts"
import type { Repeats } from "../../core/preference/scorers.ts"
import { ApiError, isUnavailable } from "../../core/problem/problem.ts"
import { answerRecipe, type RecipeAnswer } from "../../core/recipe/answer-recipe.ts"
import { rankedItems } from "../../render/ranked-items.ts"
import type { Services } from "../../services.ts"
import { customerPossession } from "../customers/customer-possession.ts"
import { findCustomer } from "../customers/find-customer.ts"
import { answerFromMemory, recordedAs } from "./answer-from-memory.ts"
import { readNextPage } from "./next-page.ts"
import { reasonLocale } from "./reason-locale.ts"
import { recordRanking } from "./record-ranking.ts"
import { scoringInputs } from "./scoring-inputs.ts"

/** Recommends items to a customer; without the database, as to an unknown customer. */
export async function recommendItems(
  services: Services,
  request: RecommendRequest,
  caller: Caller,
): Promise<RecommendAnswer> {
  try {
    return await recommendRecorded(services, request, caller)
  } catch (error) {
    if (!isUnavailable(error) || request.after !== undefined) throw error
    return recommendFromMemory(services, request)
  }
}

async function recommendRecorded(
  services: Services,
  request: RecommendRequest,
  caller: Caller,
): Promise<RecommendAnswer> {
  const customer = await findCustomer(services, request.customer, caller)
  if (request.after !== undefined)
    return readNextPage(services, "recommend", { ...request, after: request.after }, customer)
  const release = services.live.current()
  const catalogue = services.catalogue.current()
  const { placement, limit, explain } = request
  const policy = services.policies.of(placement)
  const taste = scoringInputs(customer, release)
  const coldStart = taste.coldStart
  const restrictions = restrictionsOf(services, request)
  const { isOut } = customerPossession(services, customer, policy, restrictions.nowMs)
  const most = keptRanks(limit)
  // One more than is kept, to know whether there are more.
  const asked = { ...taste, ...restrictions, isOut, limit: most + 1, explain: explain ? limit : false }
  const { recipe, repeats, slots: found } = answerList(services, request, asked)
  const slots = found.slice(0, most)
  const excluded = [...(request.exclude ?? []), ...(request.items ?? [])]
  const decisionId = await recordRanking(services, {
    verb: "recommend",
    customer,
    placement,
    releaseId: release?.id ?? null,
    policyVersion: policy.version,
    trace: rankingTrace(slots, {
      shown: Math.min(limit, slots.length),
      repeats,
      recipe,
      coldStart,
      ...(request.filter && { filter: request.filter }),
      ...(excluded.length > 0 && { excluded }),
    }),
  })
  return {
    ...recordedAs(services, decisionId),
    customerId: customer.customerId,
    coldStart,
    ...modelUsed(release?.id ?? null),
    recipe,
    items: rankedItems(slots.slice(0, limit), catalogue, { explainIn: reasonLocale(services, explain, customer) }),
    hasMore: decisionId !== null && found.length > limit,
  }
}

type ListQuestion = Omit<RecommendQuestion, "repeats">

/** Answers by the recipe of the request, of the placement's policy, or the one that its repeat policy amounts to. */
function answerList(
  { live, catalogue, policies }: Services,
  { recipe: asked, items = [], repeats: askedRepeats, placement }: RecommendRequest,
  question: ListQuestion,
): RecipeAnswer & { repeats: Repeats } {
  const policy = policies.of(placement)
  const recipe = asked ?? (askedRepeats === undefined ? policy.recipe : null)
  const models = [live.current(), catalogue.current()] as const
  if (recipe !== null) {
    const { noveltyShare } = policy
    const repeats = usualRepeats({ ...policy, recipe })
    return { ...answerRecipe({ ...question, recipe, items, noveltyShare }, ...models), repeats }
  }
  const repeats = askedRepeats ?? policy.repeats
  const { isOut, ...rest } = question
  // Who asks for repeats gets them, whatever came back.
  const slots = recommend({ ...rest, repeats, ...(repeats === "excluded" && { isOut }) }, ...models)
  return { recipe: repeats === "excluded" ? "discover" : "forYou", repeats, slots }
}

function recommendFromMemory(services: Services, request: RecommendRequest): RecommendAnswer {
  const { limit, explain } = request
  const nobody = { history: emptyHistory, vector: null }
  const { recipe, slots } = answerList(services, request, {
    ...nobody,
    ...restrictionsOf(services, request),
    limit,
    explain,
  })
  return { ...answerFromMemory(services, slots, explain), recipe }
}

const restrictionsOf = ({ clock }: Services, { filter, exclude, recipe, repeats }: RecommendRequest) => {
  if (recipe !== undefined && repeats !== undefined) {
    throw new ApiError("invalidRequest", "`recipe` says whether items repeat; leave out `repeats`, or `recipe`", {
      errors: [{ pointer: "/repeats", message: "is decided by `recipe`" }],
    })
  }
  return { nowMs: clock(), ...(filter && { filter }), ...(exclude && { exclude }) }
}

import type { Caller } from "../../core/access/scope.ts"
import type { RecommendAnswer } from "../../core/decision/decision-schema.ts"
import { modelUsed } from "../../core/decision/model-used.ts"
import type { RecommendRequest } from "../../core/decision/question.ts"
import { keptRanks, rankingTrace } from "../../core/decision/ranking-trace.ts"
import { emptyHistory } from "../../core/history/history.ts"
import { recommend } from "../../core/preference/recommend.ts"
import { isUnavailable } from "../../core/problem/problem.ts"
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
  const repeats = request.repeats ?? policy.repeats
  const taste = scoringInputs(customer, release)
  const coldStart = taste.coldStart
  const restrictions = restrictionsOf(services, request)
  const { isOut } = customerPossession(services, customer, policy, restrictions.nowMs)
  const most = keptRanks(limit)
  const found = recommend(
    {
      ...taste,
      ...restrictions,
      // Who asks for repeats gets them, whatever came back.
      ...(repeats === "excluded" && { isOut }),
      // One more than is kept, to know whether there are more.
      limit: most + 1,
      explain: explain ? limit : false,
    },
    release,
    catalogue,
  )
  const slots = found.slice(0, most)
  const decisionId = await recordRanking(services, {
    verb: "recommend",
    customer,
    placement,
    releaseId: release?.id ?? null,
    policyVersion: policy.version,
    trace: rankingTrace(slots, {
      shown: Math.min(limit, slots.length),
      repeats,
      coldStart,
      ...(request.filter && { filter: request.filter }),
      ...(request.exclude?.length && { excluded: request.exclude }),
    }),
  })
  return {
    ...recordedAs(services, decisionId),
    customerId: customer.customerId,
    coldStart,
    ...modelUsed(release?.id ?? null),
    items: rankedItems(slots.slice(0, limit), catalogue, { explainIn: reasonLocale(services, explain, customer) }),
    hasMore: decisionId !== null && found.length > limit,
  }
}

function recommendFromMemory(services: Services, request: RecommendRequest): RecommendAnswer {
  const { limit, explain } = request
  const nobody = { history: emptyHistory, vector: null }
  const question = { ...nobody, ...restrictionsOf(services, request), limit, explain }
  return answerFromMemory(services, recommend(question, services.live.current(), services.catalogue.current()), explain)
}

const restrictionsOf = ({ clock, policies }: Services, { filter, exclude, repeats, placement }: RecommendRequest) => ({
  nowMs: clock(),
  repeats: repeats ?? policies.of(placement).repeats,
  ...(filter && { filter }),
  ...(exclude && { exclude }),
})

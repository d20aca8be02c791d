import { isAvailable } from "../core/catalogue/item.ts"
import type { RecommendAnswer } from "../core/decision/answer.ts"
import type { RecommendRequest } from "../core/decision/question.ts"
import { nextPage, type RankingTrace, rankingTraceSchema } from "../core/decision/ranking-trace.ts"
import { rank } from "../core/preference/rank.ts"
import { ApiError } from "../core/problem.ts"
import { rankedItems } from "../render/ranked-items.ts"
import type { Services } from "../services.ts"
import type { CustomerRecord } from "../store/customers.ts"
import type { Decision } from "../store/decisions.ts"
import { askStore } from "./ask-store.ts"
import { recordRanking } from "./record-ranking.ts"
import { tasteOf } from "./taste-of.ts"

/** The page behind the decision `after`, from the ranking made then: nothing twice, nothing skipped, whatever happened since. */
export async function recommendNextPage(
  services: Services,
  request: RecommendRequest & { after: string },
  customer: CustomerRecord,
): Promise<RecommendAnswer> {
  const before = await readRanking(services, request.after, customer)
  const catalogue = services.catalogue.current()
  const nowMs = services.clock()
  const excluded = new Set(request.exclude)
  const trace = nextPage(before.trace, request.limit, (itemId) => {
    const item = catalogue.items.get(itemId)
    return item !== undefined && isAvailable(item, nowMs) && !excluded.has(itemId)
  })
  const { releaseId, policyVersion } = before.decision
  const decisionId = await recordRanking(services, {
    verb: "recommend",
    customerId: customer.customerId,
    placement: request.placement,
    releaseId,
    policyVersion,
    trace,
  })
  return {
    decisionId,
    customerId: customer.customerId,
    coldStart: trace.coldStart,
    degraded: false,
    modelVersion: releaseId,
    items: rankedItems(slotsOf(services, request, customer, trace), catalogue, {
      firstRank: trace.offset + 1,
      explain: request.explain,
    }),
  }
}

async function readRanking(
  services: Services,
  after: string,
  { customerId }: CustomerRecord,
): Promise<{ decision: Decision; trace: RankingTrace }> {
  const found = await askStore(services, (store) => store.decisions.read(after))
  if (found === null || found.decision.customerId !== customerId || found.decision.verb !== "recommend") {
    throw new ApiError("notFound", "`after` is no recommendation of this customer; ask for the first page without it")
  }
  return { decision: found.decision, trace: rankingTraceSchema.parse(found.decision.trace) }
}

function slotsOf(services: Services, { explain }: RecommendRequest, customer: CustomerRecord, trace: RankingTrace) {
  const shown = trace.ranked.slice(0, trace.shown)
  const release = services.live.current()
  const question = { ...tasteOf(customer, release), nowMs: services.clock(), repeats: trace.repeats, explain }
  const explained = explain ? rank({ ...question, itemIds: shown }, release, services.catalogue.current()) : []
  const reasonsOf = new Map(explained.map(({ itemId, reasons }) => [itemId, reasons]))
  return shown.map((itemId, n) => ({ itemId, score: trace.scores[n]!, reasons: reasonsOf.get(itemId) ?? [] }))
}

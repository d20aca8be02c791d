import { isAvailable } from "../../core/catalogue/item.ts"
import { isSameFilter, matchesFilter } from "../../core/catalogue/item-filter.ts"
import type { RecommendAnswer } from "../../core/decision/decision-schema.ts"
import { modelUsed } from "../../core/decision/model-used.ts"
import type { RecommendRequest } from "../../core/decision/question.ts"
import { nextPage, type RankingTrace, rankingTraceSchema } from "../../core/decision/ranking-trace.ts"
import { rank } from "../../core/preference/rank.ts"
import { ApiError } from "../../core/problem/problem.ts"
import { rankedItems } from "../../render/ranked-items.ts"
import type { Services } from "../../services.ts"
import type { CustomerRecord } from "../../store/customers/customers.ts"
import type { Decision } from "../../store/decisions/decision-types.ts"
import { recordedAs } from "./answer-from-memory.ts"
import { reasonLocale } from "./reason-locale.ts"
import { recordRanking } from "./record-ranking.ts"
import { scoringInputs } from "./scoring-inputs.ts"

/**
 * The page behind the decision `after`, from the ranking made then: nothing twice, nothing skipped, whatever happened since. The first
 * page's filter and exclusions hold for all; what a later page excludes besides is left out from there on.
 */
export async function recommendNextPage(
  services: Services,
  request: RecommendRequest & { after: string },
  customer: CustomerRecord,
): Promise<RecommendAnswer> {
  const before = await readRanking(services, request.after, customer)
  assertSameQuestion(request, before.trace)
  const { filter = {} } = before.trace
  const catalogue = services.catalogue.current()
  const nowMs = services.clock()
  const excluded = new Set(request.exclude)
  const trace = nextPage(before.trace, request.limit, (itemId) => {
    const item = catalogue.items.get(itemId)
    if (item === undefined || excluded.has(itemId)) return false
    return isAvailable(item, nowMs) && matchesFilter(item, filter)
  })
  const { releaseId, policyVersion } = before.decision
  const decisionId = await recordRanking(services, {
    verb: "recommend",
    customer,
    placement: request.placement,
    releaseId,
    policyVersion,
    trace,
  })
  return {
    ...recordedAs(services, decisionId),
    customerId: customer.customerId,
    coldStart: trace.coldStart,
    ...modelUsed(releaseId),
    items: rankedItems(slotsOf(services, request, customer, trace), catalogue, {
      firstRank: trace.offset + 1,
      explainIn: reasonLocale(services, request.explain, customer),
    }),
  }
}

/** Throws `invalidRequest` if the filter or the repeat policy differs from the first page's. */
function assertSameQuestion({ filter, repeats }: RecommendRequest, before: RankingTrace): void {
  const differing =
    filter !== undefined && !isSameFilter(filter, before.filter)
      ? "filter"
      : repeats !== undefined && repeats !== before.repeats
        ? "repeats"
        : undefined
  if (differing === undefined) return
  const detail = `\`${differing}\` differs from the first page's; leave it out, or start over without \`after\``
  throw new ApiError("invalidRequest", detail, {
    errors: [{ pointer: `/${differing}`, message: "differs from the first page's" }],
  })
}

async function readRanking(
  services: Services,
  after: string,
  { customerId }: CustomerRecord,
): Promise<{ decision: Decision; trace: RankingTrace }> {
  const found = await services.store.decisions.read(after)
  if (found === null || found.decision.customerId !== customerId || found.decision.verb !== "recommend") {
    throw new ApiError(
      "notFound",
      "`after` must be the decision id of a recommendation for this customer; leave it out for the first page",
    )
  }
  return { decision: found.decision, trace: rankingTraceSchema.parse(found.decision.trace) }
}

function slotsOf(services: Services, { explain }: RecommendRequest, customer: CustomerRecord, trace: RankingTrace) {
  const shown = trace.ranked.slice(0, trace.shown)
  const release = services.live.current()
  const question = { ...scoringInputs(customer, release), nowMs: services.clock(), repeats: trace.repeats, explain }
  const explained = explain ? rank({ ...question, itemIds: shown }, release, services.catalogue.current()) : []
  const reasonsOf = new Map(explained.map(({ itemId, reasons }) => [itemId, reasons]))
  return shown.map((itemId, n) => ({ itemId, score: trace.scores[n]!, reasons: reasonsOf.get(itemId) ?? [] }))
}

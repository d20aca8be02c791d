import { isAvailable } from "../../core/catalogue/item.ts"
import { isSameFilter, matchesFilter } from "../../core/catalogue/item-filter.ts"
import type { RecommendAnswer } from "../../core/decision/decision-schema.ts"
import { modelUsed } from "../../core/decision/model-used.ts"
import type { RecommendRequest } from "../../core/decision/question.ts"
import { nextPage, type RankingTrace, rankingTraceSchema } from "../../core/decision/ranking-trace.ts"
import { rank } from "../../core/preference/rank.ts"
import { ApiError } from "../../core/problem/problem.ts"
import { isFilled } from "../../core/recipe/answer-recipe.ts"
import { rankedItems } from "../../render/ranked-items.ts"
import type { Services } from "../../services.ts"
import type { CustomerRecord } from "../../store/customers/customers.ts"
import type { Decision } from "../../store/decisions/decision-types.ts"
import { recordedAs } from "./answer-from-memory.ts"
import { rankAnew } from "./rank-anew.ts"
import { reasonLocale } from "./reason-locale.ts"
import { recordRanking } from "./record-ranking.ts"
import { scoringInputs } from "./scoring-inputs.ts"

/** A question for the page behind the decision `after`. */
type PageRequest = Pick<RecommendRequest, "placement" | "limit" | "filter" | "exclude" | "repeats" | "explain"> & {
  after: string
}

interface Ranking {
  decision: Decision
  trace: RankingTrace
}

/**
 * The page behind the decision `after`, from the ranking made then; of a recommendation, once that is used up, from all that is
 * available and was on no list yet, ranked anew. Nothing comes twice, whatever happened since. The first page's filter and exclusions
 * hold for all; what a later page excludes besides is left out from there on.
 */
export async function readNextPage(
  services: Services,
  verb: "recommend" | "rank",
  request: PageRequest,
  customer: CustomerRecord,
): Promise<RecommendAnswer> {
  const before = await readRanking(services, verb, request.after, customer)
  assertSameQuestion(request, before.trace)
  const { filter = {}, excluded: excludedBefore = [] } = before.trace
  const catalogue = services.catalogue.current()
  const nowMs = services.clock()
  const paging = {
    limit: request.limit,
    excluded: new Set([...excludedBefore, ...(request.exclude ?? [])]),
    mayShow(itemId: string) {
      const item = catalogue.items.get(itemId)
      return item !== undefined && isAvailable(item, nowMs) && matchesFilter(item, filter)
    },
  }
  const lists = before.trace.lists ?? [before.decision.id]
  const id = services.newId()
  const ofList = nextPage({ ...before.trace, lists }, paging)
  const more =
    verb === "recommend" && !ofList.hasMore && (before.trace.recipe === undefined || isFilled(before.trace.recipe))
      ? await rankAnew(services, { before, lists, excluded: paging.excluded, nowMs }, customer)
      : null
  const { trace, hasMore } = more ? nextPage({ ...before.trace, lists: [...lists, id] }, paging, more.slots) : ofList
  const { policyVersion } = before.decision
  const { releaseId } = more ?? before.decision
  const decisionId = await recordRanking(services, {
    id,
    verb,
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
    ...(trace.recipe && { recipe: trace.recipe }),
    items: rankedItems(slotsOf(services, request, customer, trace), catalogue, {
      firstRank: trace.offset + 1,
      explainIn: reasonLocale(services, request.explain, customer),
    }),
    hasMore: decisionId !== null && hasMore,
  }
}

/** Throws `invalidRequest` if the filter or the repeat policy differs from the first page's. */
function assertSameQuestion({ filter, repeats }: PageRequest, before: RankingTrace): void {
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
  verb: "recommend" | "rank",
  after: string,
  { customerId }: CustomerRecord,
): Promise<Ranking> {
  const found = await services.store.decisions.read(after)
  if (found === null || found.decision.customerId !== customerId || found.decision.verb !== verb) {
    throw new ApiError(
      "notFound",
      `\`after\` must be the decision id of a ${verb === "rank" ? "ranking" : "recommendation"} for this customer; leave it out for the first page`,
    )
  }
  return { decision: found.decision, trace: rankingTraceSchema.parse(found.decision.trace) }
}

function slotsOf(
  services: Services,
  { explain }: Pick<PageRequest, "explain">,
  customer: CustomerRecord,
  trace: RankingTrace,
) {
  const shown = trace.ranked.slice(0, trace.shown)
  const release = services.live.current()
  const question = { ...scoringInputs(customer, release), nowMs: services.clock(), repeats: trace.repeats, explain }
  const explained = explain ? rank({ ...question, itemIds: shown }, release, services.catalogue.current()) : []
  const reasonsOf = new Map(explained.map(({ itemId, reasons }) => [itemId, reasons]))
  return shown.map((itemId, n) => ({ itemId, score: trace.scores[n]!, reasons: reasonsOf.get(itemId) ?? [] }))
}

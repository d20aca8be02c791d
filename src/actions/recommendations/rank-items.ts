import type { Caller } from "../../core/access/scope.ts"
import type { Catalogue } from "../../core/catalogue/catalogue.ts"
import type { RecommendAnswer } from "../../core/decision/decision-schema.ts"
import { modelUsed } from "../../core/decision/model-used.ts"
import type { RankRequest } from "../../core/decision/question.ts"
import { maxRanked, rankingTrace } from "../../core/decision/ranking-trace.ts"
import { emptyHistory } from "../../core/history/history.ts"
import { usualRepeats } from "../../core/policy/usual-repeats.ts"
import { type RankQuestion, rank } from "../../core/preference/rank.ts"
import type { Slot } from "../../core/preference/slot.ts"
import { isUnavailable } from "../../core/problem/problem.ts"
import type { Release } from "../../core/release/release.ts"
import { rankedItems } from "../../render/ranked-items.ts"
import type { Services } from "../../services.ts"
import type { CustomerRecord } from "../../store/customers/customers.ts"
import { customerPossession } from "../customers/customer-possession.ts"
import { findCustomer } from "../customers/find-customer.ts"
import { answerFromMemory, recordedAs } from "./answer-from-memory.ts"
import { readNextPage } from "./next-page.ts"
import { reasonLocale } from "./reason-locale.ts"
import { recordRanking } from "./record-ranking.ts"
import { scoringInputs } from "./scoring-inputs.ts"

/** A given list in a customer's order; without the database, in everybody's. */
export async function rankItems(services: Services, request: RankRequest, caller: Caller): Promise<RecommendAnswer> {
  try {
    return await rankRecorded(services, request, caller)
  } catch (error) {
    if (!isUnavailable(error) || request.after !== undefined) throw error
    const slots = rank(
      { history: emptyHistory, vector: null, ...questionOf(services, request) },
      services.live.current(),
      services.catalogue.current(),
    )
    return answerFromMemory(services, slots.slice(0, request.limit), request.explain)
  }
}

async function rankRecorded(services: Services, request: RankRequest, caller: Caller): Promise<RecommendAnswer> {
  const customer = await findCustomer(services, request.customer, caller)
  const { after, limit = maxRanked } = request
  if (after !== undefined) return readNextPage(services, "rank", { ...request, limit, after }, customer)
  const release = services.live.current()
  const catalogue = services.catalogue.current()
  const { placement, explain } = request
  const taste = scoringInputs(customer, release)
  const question = questionOf(services, request)
  const policy = services.policies.of(placement)
  const { isOut } = customerPossession(services, customer, policy, question.nowMs)
  const { repeats } = question
  const ranked = rank({ ...taste, ...question, ...(repeats === "excluded" && { isOut }) }, release, catalogue)
  const owned = repeats === "excluded" && request.repeats === undefined ? ownedAmong(question.itemIds, customer) : []
  const slots = [...ranked, ...rankLast(owned, ranked, { ...taste, ...question }, release, catalogue)]
  const decisionId = await recordRanking(services, {
    verb: "rank",
    customer,
    placement,
    releaseId: release?.id ?? null,
    policyVersion: policy.version,
    trace: rankingTrace(slots, {
      shown: Math.min(limit, slots.length),
      repeats,
      coldStart: taste.coldStart,
    }),
  })
  return {
    ...recordedAs(services, decisionId),
    customerId: customer.customerId,
    coldStart: taste.coldStart,
    ...modelUsed(release?.id ?? null),
    items: rankedItems(slots.slice(0, limit), catalogue, { explainIn: reasonLocale(services, explain, customer) }),
    hasMore: decisionId !== null && slots.length > limit,
  }
}

const ownedAmong = (itemIds: readonly string[], { history: { items, sends = {} } }: Pick<CustomerRecord, "history">) =>
  itemIds.filter((itemId) => Object.hasOwn(items, itemId) || Object.hasOwn(sends, itemId))

/** Ranks those of `owned` that an order leaves out, for its end: a list that somebody gave loses none of its items by a policy. */
function rankLast(
  owned: readonly string[],
  ranked: readonly Slot[],
  question: RankQuestion,
  release: Release | null,
  catalogue: Catalogue,
): Slot[] {
  const placed = new Set(ranked.map(({ itemId }) => itemId))
  const itemIds = owned.filter((itemId) => !placed.has(itemId))
  return itemIds.length === 0 ? [] : rank({ ...question, itemIds, repeats: "allowed" }, release, catalogue)
}

const questionOf = (
  { clock, policies }: Pick<Services, "clock" | "policies">,
  { placement, items = [], limit = maxRanked, repeats, explain }: RankRequest,
) => ({
  nowMs: clock(),
  itemIds: items,
  repeats: repeats ?? usualRepeats(policies.of(placement)),
  explain: explain && limit,
})

import type { Caller } from "../../core/access/scope.ts"
import type { DecideReply } from "../../core/decision/decision-schema.ts"
import { modelUsed } from "../../core/decision/model-used.ts"
import type { DecideRequest } from "../../core/decision/question.ts"
import { isUnavailable } from "../../core/problem/problem.ts"
import { exchangeOf, rateOf } from "../../core/settings/exchange.ts"
import type { ShopSettings } from "../../core/settings/shop-settings.ts"
import { isoOrNull } from "../../core/time/iso-or-null.ts"
import { explainDecision } from "../../render/decision-explanation.ts"
import { toOfferView } from "../../render/ranked-items.ts"
import type { Services } from "../../services.ts"
import type { CustomerRecord } from "../../store/customers/customers.ts"
import { findCustomer } from "../customers/find-customer.ts"
import { mayBeJoined } from "../triggers/join-notice.ts"
import { customerReasons } from "./customer-reasons.ts"
import type { DecisionQuery } from "./prepare-decision.ts"
import { type ReadyDecision, recordDecision } from "./record-decision.ts"

/** The next best offer or `nothing`; without the database `nothing`, because consent cannot be checked. */
export async function decideOffer(services: Services, request: DecideRequest, caller: Caller): Promise<DecideReply> {
  try {
    return await decideRecorded(services, request, caller)
  } catch (error) {
    if (!isUnavailable(error)) throw error
    return nothingFromMemory(services, request)
  }
}

async function decideRecorded(services: Services, request: DecideRequest, caller: Caller): Promise<DecideReply> {
  const { placement, channel, context } = request
  const customer = await findCustomer(services, request.customer, caller)
  const { locale, attributes = {} } = context
  const query: DecisionQuery = { verb: "decide", placement, channel, locale, attributes }
  const main = await recordQuery(services, customer, query)
  const joining = mayBeJoined(main)
    ? await recordQuery(services, customer, { ...query, joins: main.decision.id })
    : null
  const reply = (ready: ReadyDecision) => replyOf(services, customer, ready, request)
  return {
    ...reply(main),
    customerId: customer.customerId,
    ...modelUsed(main.decision.releaseId),
    degraded: false,
    joined: joining?.answer.chosen ? reply(joining) : null,
  }
}

async function recordQuery(services: Services, customer: CustomerRecord, query: DecisionQuery): Promise<ReadyDecision> {
  const { ready } = await recordDecision(services, customer, query, async ({ decision, reservationRequest, answer }) =>
    // A recovery that would join and is nothing is not recorded.
    query.joins !== undefined && answer.chosen === null
      ? null
      : services.store.decisions.append(decision, reservationRequest),
  )
  return ready
}

function replyOf(
  services: Services,
  customer: CustomerRecord,
  { answer, decision, picks, legalBasis, locale }: ReadyDecision,
  { explain }: Pick<DecideRequest, "explain">,
) {
  const { chosen } = answer
  const settings = services.settings.current()
  return {
    decisionId: decision.id,
    kind: answer.kind,
    offer: chosen && toOfferView(chosen, picks, services.catalogue.current()),
    propensity: chosen?.terms.propensity ?? null,
    selectionProbability: answer.selectionProbability,
    value: chosen?.score ?? 0,
    currency: settings.currency,
    ...convertedBy(settings, chosen?.offer.currency),
    reasons: explain ? customerReasons(services, customer, answer, picks, locale) : [],
    ...(explain && { explanation: explainDecision(answer.trace) }),
    legalBasis,
    policyVersion: decision.policyVersion,
    expiresAt: isoOrNull(decision.expiresAt),
  }
}

function convertedBy(settings: ShopSettings, from: string | undefined) {
  const { exchangeRates: table } = settings
  const rate = rateOf(exchangeOf(settings), from)
  if (table === null || from === undefined || from === settings.currency || rate === undefined) return {}
  return { exchangeRate: { from, rate, date: table.date } }
}

const nothingFromMemory = ({ live, policies, settings }: Services, { placement }: DecideRequest): DecideReply => ({
  decisionId: null,
  customerId: null,
  kind: "nothing",
  offer: null,
  propensity: null,
  selectionProbability: 1,
  value: 0,
  currency: settings.current().currency,
  reasons: [],
  explanation: [
    { code: "degraded", text: "The database cannot be used, so consent cannot be checked or a contact booked." },
  ],
  policyVersion: policies.of(placement).version,
  ...modelUsed(live.current()?.id ?? null),
  expiresAt: null,
  degraded: true,
  legalBasis: null,
  joined: null,
})

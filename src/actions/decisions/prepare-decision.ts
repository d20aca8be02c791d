import { localeOf } from "../../core/customer/locale.ts"
import { type ItemSpread, serviceKinds, timeZoneOf } from "../../core/decision/candidate.ts"
import { claimsOf } from "../../core/decision/capacity-usage.ts"
import type { Reservation } from "../../core/decision/contact.ts"
import {
  type DecideAnswer,
  type DecideQuestion,
  type DecisionInputs,
  decide,
  type RefusedCandidate,
} from "../../core/decision/decide.ts"
import { basisOf, type LegalBasis, purposeOf } from "../../core/decision/legal-basis.ts"
import { caseIdOf } from "../../core/decision/open-case.ts"
import type { ReservationRequest } from "../../core/decision/reservation-request.ts"
import type { ScoredCandidate } from "../../core/decision/score.ts"
import { preferenceSelector } from "../../core/decision/select-items.ts"
import type { TriggerFacts } from "../../core/decision/trigger-facts.ts"
import { isOnSite, type Policy } from "../../core/policy/policy.ts"
import { affinityOf } from "../../core/preference/affinity.ts"
import { expectedAcceptance, personalPrior } from "../../core/propensity/prior.ts"
import { customerRebuy } from "../../core/repurchase/rebuy.ts"
import type { Channel } from "../../core/schema/channel.ts"
import { exchangeOf } from "../../core/settings/exchange.ts"
import { renderTreatment } from "../../render/treatment.ts"
import type { Services } from "../../services.ts"
import type { CustomerRecord } from "../../store/customers/customers.ts"
import type { Decision } from "../../store/decisions/decision-types.ts"
import { customerArm } from "../customers/customer-arm.ts"
import { customerPossession } from "../customers/customer-possession.ts"
import { assignPolicy } from "../experiments/assign-experiment.ts"
import { scoringInputs } from "../recommendations/scoring-inputs.ts"

export interface PreparedDecision {
  answer: DecideAnswer
  decision: Decision
  reservationRequest: ReservationRequest | undefined
  policy: Policy
  /** Legal basis for making the chosen offer on the channel. */
  legalBasis: LegalBasis | null
  /** The language tag it is answered in: as asked, else the customer's, else the shop's. */
  locale: string
}

export interface DecisionQuery {
  verb: "decide" | "content"
  placement: string
  channel: Channel
  locale?: string | undefined
  attributes?: Readonly<Record<string, string | number | boolean>>
  /** Decisions of one contactGroup, such as a mailing's, are one contact. */
  contactGroup?: string | undefined
  /** Facts of the trigger that asks. */
  trigger?: TriggerFacts | undefined
  /** Items that no more customers of the campaign may be given. */
  itemSpread?: ItemSpread | undefined
  /** The notice that a recovery is to join; it is then part of the same contact. */
  joins?: string | undefined
}

export interface Attempt {
  decisionId: string
  attempt: number
  refused: readonly RefusedCandidate[]
}

/** Decides, and makes what must be recorded before the answer may be given. */
export function prepareDecision(
  services: Services,
  customer: CustomerRecord,
  query: DecisionQuery,
  { decisionId, attempt, refused }: Attempt,
): PreparedDecision {
  const { live } = services
  const { placement, channel, attributes, trigger, contactGroup, joins, itemSpread } = query
  const nowMs = services.clock()
  const arm = customerArm(services, customer.customerId)
  const { policy, experiment } = assignPolicy(services, customer, { placement, channel, nowMs, arm: arm.name })
  const locale = query.locale ?? localeOf(customer.traits) ?? services.settings.current().locale
  const { possession, isOut } = customerPossession(services, customer, policy, nowMs)
  const question: DecideQuestion = {
    decisionId,
    attempt,
    refused,
    arm,
    experiment: experiment && { ...experiment, orders: ordersOf(services, customer, nowMs) },
    nowMs,
    placement,
    channel,
    locale,
    contactGroup: contactGroup ?? joins,
    joins,
    history: customer.history,
    consents: customer.consents,
    traits: customer.traits,
    reservations: customer.reservations,
    reachableBy: customer.reachableBy,
    possession,
    exchange: exchangeOf(services.settings.current()),
    ...(attributes && { attributes }),
    ...(trigger && { trigger }),
    ...(itemSpread && { itemSpread }),
  }
  const answer = decide(question, decisionInputs(services, customer, question, policy, isOut), policy)
  const { chosen } = answer
  const at = question.nowMs
  const minutes = isOnSite(channel) ? policy.expiresAfterMinutes.onSite : policy.expiresAfterMinutes.offSite
  const expiresAt = at + minutes * 60_000
  return {
    answer,
    policy,
    locale,
    reservationRequest: chosen ? reservationRequestOf(chosen, question, policy, expiresAt) : undefined,
    legalBasis: chosen && basisOf[purposeOf(chosen.offer, channel)],
    decision: {
      id: decisionId,
      customerId: customer.customerId,
      recordId: customer.recordId,
      customerKnown: customer.known,
      at,
      verb: query.verb,
      placement,
      channel,
      kind: answer.kind,
      offerId: chosen?.offer.id ?? null,
      releaseId: live.current()?.id ?? null,
      policyVersion: policy.version,
      arm: arm.name,
      trace: answer.trace,
      expectedAcceptance: chosen?.prior === undefined ? null : expectedAcceptance(chosen.prior),
      expiresAt: chosen === null ? null : expiresAt,
      activatedAt: null,
    },
  }
}

function ordersOf({ live }: Pick<Services, "live">, { history }: CustomerRecord, nowMs: number): number | null {
  const rebuy = live.current()?.rebuy
  return rebuy ? customerRebuy(history, rebuy, nowMs).orders() : null
}

/** Returns what this process knows beside the customer. */
function decisionInputs(
  { live, catalogue, acceptances, policies }: Services,
  customer: CustomerRecord,
  question: DecideQuestion,
  policy: Policy,
  isOut: (itemId: string) => boolean,
): DecisionInputs {
  const release = live.current()
  const shop = catalogue.current()
  const taste = { ...scoringInputs(customer, release), nowMs: question.nowMs }
  const chances = release?.rebuy ? customerRebuy(customer.history, release.rebuy, question.nowMs) : null
  return {
    catalogue: shop,
    models: {
      network: release?.propensity ?? null,
      incremental: release?.incremental ?? null,
      counts: acceptances.current(),
    },
    capacityUsage: policies.capacityUsage(),
    selectItems: preferenceSelector(
      { ...taste, isOut, chances, ...(question.itemSpread && { full: question.itemSpread.full }) },
      release,
      shop,
      policy.repeats,
    ),
    ...(release && { affinity: affinityOf(taste, release), prior: personalPrior(taste, release, shop.items, chances) }),
    renderCandidate(candidate) {
      const shown = renderTreatment(candidate, question, shop.items, policy)
      return "fault" in shown ? { drop: { stage: "channel", rule: "treatment", reason: shown.fault } } : { shown }
    },
  }
}

function reservationRequestOf(
  { offer }: ScoredCandidate,
  question: DecideQuestion,
  policy: Policy,
  expiresAt: number,
): ReservationRequest {
  const { decisionId, nowMs, channel, contactGroup } = question
  const { id: offerId, kind, theme } = offer
  const caseId = caseIdOf(offer, question, policy)
  const reservation: Reservation = {
    decisionId,
    offerId,
    kind,
    channel,
    reservedAt: nowMs,
    expiresAt,
    activatedAt: null,
    ...(theme !== undefined && { theme }),
    ...(contactGroup !== undefined && { contactGroup }),
    ...(caseId !== undefined && { caseId }),
  }
  return {
    approach: { offerId, kind, channel, theme, contactGroup, caseId },
    reservation,
    contact: policy.contact,
    timeZone: timeZoneOf(question, policy),
    isService: serviceKinds.has(kind),
    claims: claimsOf(offer, policy, nowMs),
  }
}

import { isAvailable } from "../catalogue/item.ts"
import { beyondTerms } from "../catalogue/parcel-terms.ts"
import { treatmentFor } from "../catalogue/treatment.ts"
import { hasConsent } from "../customer/consent.ts"
import type { Condition, Policy } from "../policy/policy.ts"
import { possessionRefusal, silenceRefusal } from "../policy/possession-refusal.ts"
import { createPossession, type Possession } from "../possession/possession.ts"
import { evaluateRule, type RuleVariables, unknownCause } from "../rules/rule.ts"
import { rateOf } from "../settings/exchange.ts"
import {
  type Candidate,
  type DecisionContext,
  hasOpenCase,
  keptPurchases,
  sellingKinds,
  serviceKinds,
  timeZoneOf,
} from "./candidate.ts"
import { type CapacityUsage, claimsOf, isExhausted } from "./capacity-usage.ts"
import { createContactPolicyCheck } from "./contact.ts"
import { gaveChannel, purposeOf } from "./legal-basis.ts"
import { caseIdOf } from "./open-case.ts"
import { createRuleVariables } from "./rule-variables.ts"

const dropStages = [
  "available",
  "channel",
  "eligibility",
  "applicability",
  "suitability",
  "consent",
  "service",
  "contact",
  "budget",
  "arbitration",
  "diversity",
  "exploration",
  "holdout",
] as const

/** The stage and rule that removed a candidate, with a sentence. */
export interface Drop {
  stage: (typeof dropStages)[number]
  rule: string
  reason: string
}

interface StageInputs {
  candidate: Candidate
  context: DecisionContext
  policy: Policy
  capacityUsage: CapacityUsage
  variables: () => RuleVariables
  openCase: boolean
  possession: Possession
  checkContact: ReturnType<typeof createContactPolicyCheck>
}

type Stage = (inputs: StageInputs) => Drop | null

const drop = (stage: Drop["stage"], rule: string, reason: string): Drop => ({ stage, rule, reason })

const available: Stage = ({ candidate: { offer, item }, context: { nowMs, exchange }, policy }) => {
  if (!standsHere(offer, policy)) return drop("available", "offers", "the policy excludes the offer")
  if (offer.validFrom !== undefined && Date.parse(offer.validFrom) > nowMs) {
    return drop("available", "validFrom", `the offer starts at ${offer.validFrom}`)
  }
  if (offer.validTo !== undefined && Date.parse(offer.validTo) <= nowMs) {
    return drop("available", "validTo", `the offer ended at ${offer.validTo}`)
  }
  const foreign = [offer.currency, item?.currency].find((currency) => rateOf(exchange, currency) === undefined)
  if (foreign !== undefined)
    return drop(
      "available",
      "currency",
      `its money is in ${foreign}, for which the shop's \`exchangeRates\` have no rate`,
    )
  if (offer.items !== undefined)
    return item ? null : drop("available", "noItems", "no item of its selection is available")
  if (offer.itemId === undefined) return null
  if (item === undefined) return drop("available", "itemUnknown", `the catalogue has no item ${offer.itemId}`)
  return isAvailable(item, nowMs)
    ? null
    : drop("available", "itemUnavailable", `item ${item.id} is out of stock or not on sale`)
}

const onChannel: Stage = ({ candidate: { offer }, context: { channel, locale }, policy }) => {
  if (!(policy.channels?.includes(channel) ?? true))
    return drop("channel", "placement", `the policy makes no offers on ${channel}`)
  if (!(offer.channels?.includes(channel) ?? true))
    return drop("channel", "channels", `the offer is not made on ${channel}`)
  if (offer.treatments && !treatmentFor(offer.treatments, channel, locale)) {
    return drop(
      "channel",
      "treatment",
      `it has no treatment for ${channel}${locale === undefined ? "" : ` in ${locale}`}`,
    )
  }
  return null
}

const eligible: Stage = (inputs) => {
  const { offer } = inputs.candidate
  const own = offer.eligibility === undefined ? [] : [{ id: "offer", rule: offer.eligibility }]
  return failing("eligibility", [...own, ...inputs.policy.eligibility], inputs)
}

const applicable: Stage = (inputs) => {
  const { candidate, context, policy } = inputs
  const { offer, item } = candidate
  if (!(offer.stages?.includes(context.history.stage) ?? true)) {
    return drop("applicability", "stage", `the offer is not made in the stage ${context.history.stage}`)
  }
  const { kind, caseType = "any" } = offer
  if (serviceKinds.has(kind) && caseType !== "none" && !hasOpenCase(context, policy, caseType)) {
    return drop(
      "applicability",
      "openCase",
      `no ${caseType === "any" ? "complaint or delay" : caseType} is open that it could answer`,
    )
  }
  const hasBought = item === undefined ? context.history.orders > 0 : keptPurchases(context, item.id) > 0
  if (kind === "replenishment" && !hasBought) {
    return drop("applicability", "boughtBefore", "the customer has not bought the item to replenish")
  }
  return makesSense(inputs) ?? failing("applicability", policy.applicability, inputs)
}

/** An item that the customer has, gave back or waits for, and a win-back of somebody who is not gone. */
function makesSense({
  candidate: { offer, item },
  policy,
  possession,
}: Pick<StageInputs, "candidate" | "policy" | "possession">): Drop | null {
  if (serviceKinds.has(offer.kind)) return null
  const silent = offer.kind === "retention" ? silenceRefusal(possession.silence(), policy.possession) : null
  const refusal = silent ?? (item && possessionRefusal(item, possession, policy.possession)) ?? null
  return refusal && { stage: "applicability", ...refusal }
}

const suitable: Stage = (inputs) => failing("suitability", inputs.policy.suitability, inputs)

/** The first condition that concerns the candidate and is not known to hold. */
function failing(
  stage: Drop["stage"],
  conditions: readonly (Pick<Condition, "id" | "rule"> & Partial<Condition>)[],
  { candidate: { offer }, context: { channel }, variables }: Pick<StageInputs, "candidate" | "context" | "variables">,
): Drop | null {
  for (const { id, rule, reason, kinds, offers, channels } of conditions) {
    const concerns =
      (kinds?.includes(offer.kind) ?? true) &&
      (offers?.includes(offer.id) ?? true) &&
      (channels?.includes(channel) ?? true)
    if (!concerns) continue
    const verdict = evaluateRule(rule, variables())
    if (verdict === "unknown") {
      const cause = unknownCause(rule, variables())
      return { stage, rule: id, reason: `unknown: ${rule}${cause && `: ${cause}`}` }
    }
    if (!verdict) return { stage, rule: id, reason: reason ?? `false: ${rule}` }
  }
  return null
}

const consented: Stage = ({ candidate: { offer, item }, context }) => {
  const { channel, consents } = context
  const purpose = purposeOf(offer, channel)
  if (purpose === "visit") return null
  if (purpose === "contract")
    return gaveChannel(context)
      ? null
      : drop("consent", "service", `neither an address for ${channel} nor a consent to service on it is known`)
  if (!hasConsent(consents, purpose, channel))
    return drop("consent", purpose, `no consent to ${purpose} on ${channel} is known`)
  if (offer.kind !== "parcel") return null
  const beyond = beyondTerms(consents[purpose]!, item)
  return beyond && { stage: "consent", ...beyond }
}

const serviceFirst: Stage = ({ candidate: { offer }, openCase }) =>
  sellingKinds.has(offer.kind) && openCase
    ? { stage: "service", rule: "openCase", reason: "an open complaint or delay comes before selling" }
    : null

const contactAllowed: Stage = ({ candidate: { offer }, context, policy, checkContact }) => {
  const { channel, contactGroup } = context
  const { id: offerId, kind, theme } = offer
  const attempt = { offerId, kind, channel, theme, contactGroup, caseId: caseIdOf(offer, context, policy) }
  const refusal = checkContact(attempt, serviceKinds.has(kind))
  return refusal && { stage: "contact", ...refusal }
}

const affordable: Stage = ({ candidate: { offer }, context: { nowMs }, policy, capacityUsage }) => {
  if (policy.budget === null && offer.volume === undefined) return null
  if (
    policy.budget !== null &&
    offer.cost > 0 &&
    offer.kind !== "notice" &&
    offer.currency !== policy.budget.currency
  ) {
    return { stage: "budget", rule: "currency", reason: `the budget is in ${policy.budget.currency}` }
  }
  const gone = claimsOf(offer, policy, nowMs).find((claim) => isExhausted(claim, capacityUsage))
  return gone ? { stage: "budget", rule: gone.key, reason: `the limit of ${gone.limit} is used or reserved` } : null
}

const spread: Stage = ({ candidate: { offer, item }, context: { itemSpread } }) =>
  item !== undefined && !serviceKinds.has(offer.kind) && itemSpread?.full.has(item.id)
    ? drop("diversity", "maxItemShare", `item ${item.id} has its share of the campaign, ${itemSpread.maxItemShare}`)
    : null

/**
 * Returns what a policy itself removes, whatever the customer and the moment: excluded kinds, offers and channels, and the conditions of
 * its three lists. Used to reevaluate logged candidates.
 */
export function policyDrop(
  candidate: Candidate,
  context: DecisionContext,
  policy: Policy,
  variables: () => RuleVariables,
): Drop | null {
  const { offer } = candidate
  if (!standsHere(offer, policy)) return drop("available", "offers", "the policy excludes the offer")
  if (!(policy.channels?.includes(context.channel) ?? true)) {
    return drop("channel", "placement", `the policy makes no offers on ${context.channel}`)
  }
  const own = offer.eligibility === undefined ? [] : [{ id: "offer", rule: offer.eligibility }]
  const asked = { candidate, context, variables }
  return (
    failing("eligibility", [...own, ...policy.eligibility], asked) ??
    failing("applicability", policy.applicability, asked) ??
    failing("suitability", policy.suitability, asked)
  )
}

const standsHere = ({ id, kind }: Candidate["offer"], { offers }: Policy) =>
  (offers.kinds?.includes(kind) ?? true) && (offers.ids?.includes(id) ?? true)

/** Returns a function that computes a value when first asked. */
function once<T extends object>(compute: () => T): () => T {
  let known: T | undefined
  return () => {
    known ??= compute()
    return known
  }
}

/** In the order of the design; cheap variables first, so that most candidates cost little. */
const stages: readonly Stage[] = [
  available,
  onChannel,
  eligible,
  applicable,
  suitable,
  consented,
  serviceFirst,
  contactAllowed,
  affordable,
  spread,
]

/**
 * Finds the first stage that removes a candidate, `null` for a survivor; what all candidates share is computed once, and the variables
 * of rules only where a rule asks them.
 */
export function createEligibilityFilter(
  context: DecisionContext,
  policy: Policy,
  capacityUsage: CapacityUsage,
): (candidate: Candidate) => { drop: Drop | null; variables: () => RuleVariables } {
  const possession = context.possession ?? createPossession(context.history, context.nowMs)
  const variablesFor = once(() => createRuleVariables({ ...context, possession }, policy))
  const openCase = hasOpenCase(context, policy)
  const { reservations = [], channel, nowMs } = context
  const timeZone = timeZoneOf(context, policy)
  const checkContact = createContactPolicyCheck(reservations, policy.contact, channel, { nowMs, timeZone })
  return (candidate) => {
    const variables = once(() => variablesFor()(candidate))
    const inputs = { candidate, context, policy, capacityUsage, variables, openCase, possession, checkContact }
    for (const stage of stages) {
      const drop = stage(inputs)
      if (drop !== null) return { drop, variables }
    }
    return { drop: null, variables }
  }
}

import { isAvailable } from "../catalogue/item.ts"
import type { OfferKind } from "../catalogue/offer.ts"
import { treatmentFor } from "../catalogue/treatment.ts"
import { type ConsentPurpose, hasConsent } from "../customer/consent.ts"
import {
  type Candidate,
  hasOpenMatter,
  keptPurchases,
  type Situation,
  sellingKinds,
  serviceKinds,
  timeZoneOf,
} from "./candidate.ts"
import { contactRefusal } from "./contact.ts"
import { type Condition, isOnSite, type Policy } from "./policy.ts"
import { judge, type RuleFacts } from "./rule.ts"
import { ruleFactsOf } from "./rule-facts.ts"
import { claimsOf, isExhausted, type Supplies } from "./supplies.ts"

export const dropStages = [
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
] as const

/** Why a candidate could not be chosen. */
export interface Drop {
  stage: (typeof dropStages)[number]
  rule: string
  reason: string
}

interface Judgement {
  candidate: Candidate
  situation: Situation
  policy: Policy
  supplies: Supplies
  facts: RuleFacts
  openMatter: boolean
}

type Stage = (judgement: Judgement) => Drop | null

const purposeOfKind: Readonly<Record<OfferKind, ConsentPurpose>> = {
  recommendation: "marketing",
  replenishment: "marketing",
  promotion: "marketing",
  retention: "marketing",
  extra: "marketing",
  parcel: "unasked-parcel",
  recovery: "service",
  notice: "service",
}

const available: Stage = ({ candidate: { offer, item }, situation: { nowMs }, policy: { offers } }) => {
  const drop = (rule: string, reason: string): Drop => ({ stage: "available", rule, reason })
  if (!(offers.kinds?.includes(offer.kind) ?? true) || !(offers.ids?.includes(offer.id) ?? true)) {
    return drop("offers", "the policy does not let it stand here")
  }
  if (offer.validFrom !== undefined && Date.parse(offer.validFrom) > nowMs) {
    return drop("validFrom", `the offer starts at ${offer.validFrom}`)
  }
  if (offer.validTo !== undefined && Date.parse(offer.validTo) <= nowMs) {
    return drop("validTo", `the offer ended at ${offer.validTo}`)
  }
  if (offer.items !== undefined) return item ? null : drop("noItems", "no item of its selection may be shown")
  if (offer.itemId === undefined) return null
  if (item === undefined) return drop("itemUnknown", `the catalogue has no item ${offer.itemId}`)
  return isAvailable(item, nowMs) ? null : drop("itemUnavailable", `item ${item.id} is out of stock or not on sale`)
}

const onChannel: Stage = ({ candidate: { offer }, situation: { channel, locale }, policy }) => {
  const drop = (rule: string, reason: string): Drop => ({ stage: "channel", rule, reason })
  if (!(policy.channels?.includes(channel) ?? true)) return drop("placement", `nothing is offered here on ${channel}`)
  if (!(offer.channels?.includes(channel) ?? true)) return drop("channels", `the offer is not made on ${channel}`)
  if (offer.treatments && !treatmentFor(offer.treatments, channel, locale)) {
    return drop("treatment", `it has no form for ${channel}${locale === undefined ? "" : ` in ${locale}`}`)
  }
  return null
}

const eligible: Stage = (judgement) => {
  const { offer } = judgement.candidate
  const own = offer.eligibility === undefined ? [] : [{ id: "offer", rule: offer.eligibility }]
  return failing("eligibility", [...own, ...judgement.policy.eligibility], judgement)
}

const applicable: Stage = (judgement) => {
  const { candidate, situation, policy } = judgement
  const { offer, item } = candidate
  const drop = (rule: string, reason: string): Drop => ({ stage: "applicability", rule, reason })
  if (!(offer.stages?.includes(situation.history.stage) ?? true)) {
    return drop("stage", `it is not made in the stage ${situation.history.stage}`)
  }
  const { kind, matter = "any" } = offer
  if (serviceKinds.has(kind) && matter !== "none" && !hasOpenMatter(situation, policy, matter)) {
    return drop("openMatter", `no ${matter === "any" ? "complaint or delay" : matter} is open that it could answer`)
  }
  const hasBought = item === undefined ? situation.history.orders > 0 : keptPurchases(situation, item.id) > 0
  if (kind === "replenishment" && !hasBought) {
    return drop("boughtBefore", "the customer has not bought what would be replenished")
  }
  return failing("applicability", policy.applicability, judgement)
}

const suitable: Stage = (judgement) => failing("suitability", judgement.policy.suitability, judgement)

/** The first condition that concerns the candidate and is not known to hold. */
function failing(
  stage: Drop["stage"],
  conditions: readonly (Pick<Condition, "id" | "rule"> & Partial<Condition>)[],
  { candidate: { offer }, situation: { channel }, facts }: Judgement,
): Drop | null {
  for (const { id, rule, reason, kinds, offers, channels } of conditions) {
    const concerns =
      (kinds?.includes(offer.kind) ?? true) &&
      (offers?.includes(offer.id) ?? true) &&
      (channels?.includes(channel) ?? true)
    if (!concerns) continue
    const verdict = judge(rule, facts)
    if (verdict === "unknown") return { stage, rule: id, reason: `not known whether ${rule}` }
    if (!verdict) return { stage, rule: id, reason: reason ?? `not so: ${rule}` }
  }
  return null
}

const consented: Stage = ({ candidate: { offer, item }, situation: { channel, consents } }) => {
  const drop = (rule: string, reason: string): Drop => ({ stage: "consent", rule, reason })
  // A parcel is unasked wherever it is decided, so no page of the shop and no purpose of the offer's own stands in for its consent.
  const purpose = offer.kind === "parcel" ? "unasked-parcel" : (offer.purpose ?? purposeOfKind[offer.kind])
  if (offer.kind !== "parcel" && isOnSite(channel)) return null
  if (!hasConsent(consents, purpose, channel)) return drop(purpose, `no consent to ${purpose} on ${channel} is known`)
  if (offer.kind !== "parcel") return null
  const { priceCeiling, categories } = consents[purpose]!
  if (priceCeiling !== undefined) {
    const within =
      item?.price !== undefined && item.currency === priceCeiling.currency && item.price <= priceCeiling.amount
    if (!within)
      return drop("priceCeiling", `nothing above ${priceCeiling.amount} ${priceCeiling.currency} was agreed to`)
  }
  if (categories !== undefined && !item?.category?.some((category) => categories.includes(category))) {
    return drop("categories", `only ${categories.join(", ")} was agreed to`)
  }
  return null
}

const serviceFirst: Stage = ({ candidate: { offer }, openMatter }) =>
  sellingKinds.has(offer.kind) && openMatter
    ? { stage: "service", rule: "openMatter", reason: "an open complaint or delay comes before selling" }
    : null

const contactAllowed: Stage = ({ candidate: { offer }, situation, policy }) => {
  const { channel, reservations = [], nowMs, occasion } = situation
  const approach = { offerId: offer.id, kind: offer.kind, channel, theme: offer.theme, occasion }
  const refusal = contactRefusal(approach, reservations, policy.contact, {
    nowMs,
    timeZone: timeZoneOf(situation, policy),
    isService: serviceKinds.has(offer.kind),
  })
  return refusal && { stage: "contact", ...refusal }
}

const affordable: Stage = ({ candidate: { offer }, situation: { placement, nowMs }, policy, supplies }) => {
  if (policy.budget !== null && offer.cost > 0 && offer.currency !== policy.budget.currency) {
    return { stage: "budget", rule: "currency", reason: `the budget is in ${policy.budget.currency}` }
  }
  const gone = claimsOf(offer, placement, policy, nowMs).find((claim) => isExhausted(claim, supplies))
  return gone ? { stage: "budget", rule: gone.key, reason: `${gone.limit} is the most, and it is used or held` } : null
}

/** In the order of the design; cheap facts first, so that most candidates cost little. */
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
]

/** Finds the first stage that removes a candidate, `null` for a survivor; what all candidates share is computed once. */
export function createJudge(
  situation: Situation,
  policy: Policy,
  supplies: Supplies,
): (candidate: Candidate) => { drop: Drop | null; facts: RuleFacts } {
  const factsOf = ruleFactsOf(situation, policy)
  const openMatter = hasOpenMatter(situation, policy)
  return (candidate) => {
    const facts = factsOf(candidate)
    const judgement = { candidate, situation, policy, supplies, facts, openMatter }
    for (const stage of stages) {
      const drop = stage(judgement)
      if (drop !== null) return { drop, facts }
    }
    return { drop: null, facts }
  }
}

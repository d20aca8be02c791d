import { isAvailable } from "../catalogue/item.ts"
import type { OfferKind } from "../catalogue/offer.ts"
import { type ConsentPurpose, hasConsent } from "../customer/consent.ts"
import { type Candidate, hasBought, hasOpenMatter, type Situation, sellingKinds } from "./candidate.ts"
import { isOnSite } from "./policy.ts"

/** Why a candidate could not be chosen. */
export interface Drop {
  stage: "available" | "channel" | "applicability" | "consent" | "service" | "arbitration" | "exploration"
  rule: string
  reason: string
}

type Stage = (candidate: Candidate, situation: Situation) => Drop | null

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

const available: Stage = ({ offer, item }, { nowMs }) => {
  const drop = (rule: string, reason: string): Drop => ({ stage: "available", rule, reason })
  if (offer.validFrom !== undefined && Date.parse(offer.validFrom) > nowMs) {
    return drop("validFrom", `the offer starts at ${offer.validFrom}`)
  }
  if (offer.validTo !== undefined && Date.parse(offer.validTo) <= nowMs) {
    return drop("validTo", `the offer ended at ${offer.validTo}`)
  }
  if (offer.itemId === undefined) return null
  if (item === undefined) return drop("itemUnknown", `the catalogue has no item ${offer.itemId}`)
  return isAvailable(item, nowMs) ? null : drop("itemUnavailable", `item ${item.id} is out of stock or not on sale`)
}

const onChannel: Stage = ({ offer }, { channel }) =>
  (offer.channels?.includes(channel) ?? true)
    ? null
    : { stage: "channel", rule: "channels", reason: `the offer is not made on ${channel}` }

const applicable: Stage = ({ offer }, situation) => {
  const drop = (rule: string, reason: string): Drop => ({ stage: "applicability", rule, reason })
  if (offer.kind === "recovery" && !hasOpenMatter(situation)) {
    return drop("openMatter", "no complaint or delay is open to apologise for")
  }
  if (offer.kind === "replenishment" && !hasBought(situation, offer.itemId)) {
    return drop("boughtBefore", "the customer has not bought what would be replenished")
  }
  return null
}

const consented: Stage = ({ offer, item }, { channel, consents }) => {
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

const serviceFirst: Stage = ({ offer }, situation) =>
  sellingKinds.has(offer.kind) && hasOpenMatter(situation)
    ? { stage: "service", rule: "openMatter", reason: "an open complaint or delay comes before selling" }
    : null

const stages: readonly Stage[] = [available, onChannel, applicable, consented, serviceFirst]

/** The first stage that removes a candidate, or `null` for a survivor. */
export function firstDrop(candidate: Candidate, situation: Situation): Drop | null {
  for (const stage of stages) {
    const drop = stage(candidate, situation)
    if (drop !== null) return drop
  }
  return null
}

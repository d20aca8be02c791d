import { type Item, isAvailable } from "../catalogue/item.ts"
import type { OfferKind } from "../catalogue/offer.ts"
import { beyondTerms } from "../catalogue/parcel-terms.ts"
import { type Consents, hasConsent } from "../customer/consent.ts"
import { hasOpenCase } from "../decision/candidate.ts"
import { type ContactPolicy, createContactPolicyCheck, type Reservation } from "../decision/contact.ts"
import type { History } from "../history/history.ts"
import type { AutonomyLevel } from "../policy/autonomy-levels.ts"
import { isOnSite, type Policy } from "../policy/policy.ts"
import { possessionRefusal } from "../policy/possession-refusal.ts"
import { createPossession, type Possession } from "../possession/possession.ts"
import type { Channel } from "../schema/channel.ts"

/** Default channel by autonomy level; a parcel itself always comes by post. */
export const defaultChannelOf: Readonly<Record<AutonomyLevel, Channel>> = {
  suggest: "email",
  basket: "email",
  announce: "email",
  parcel: "post",
}

/** Offer kind that contact policies count a send as. */
export const offerKindOf: Readonly<Record<AutonomyLevel, OfferKind>> = {
  suggest: "recommendation",
  basket: "recommendation",
  announce: "parcel",
  parcel: "parcel",
}

/** Returns whether goods leave the shop without the customer's order. */
export const shipsGoods = (autonomyLevel: AutonomyLevel): boolean =>
  autonomyLevel === "announce" || autonomyLevel === "parcel"

export const planGates = [
  "consent",
  "openCase",
  "freeReturn",
  "inFlight",
  "contact",
  "available",
  "stock",
  "currency",
  "price",
  "priceCeiling",
  "categories",
  "returnedBefore",
  "returned",
  "onItsWay",
  "boughtRecently",
] as const
export type Gate = (typeof planGates)[number]

/** Gate that refuses a customer or an item, with a sentence. */
export interface GateRefusal {
  gate: Gate
  reason: string
}

export interface GateCustomer {
  history: History
  consents: Consents
  reservations: readonly Reservation[]
  /** Sends of any plan that were reserved and have not ended. */
  inFlight: number
  timeZone: string
}

export interface PlanConstraints {
  autonomyLevel: AutonomyLevel
  channel: Channel
  currency: string
  /** Returns are at the shop's cost. */
  freeReturn: boolean
  /** Customers who neither opted in nor out may get a gift. */
  gifts: "none" | "allowed"
  inFlightPerCustomer: number
  maxCaseAgeDays: number
  contact: ContactPolicy
  possession: Policy["possession"]
  nowMs: number
}

/** Returns whether goods would come without an opt-in, as a gift: no margin is earned and the customer owes nothing. */
export const isGift = (
  { autonomyLevel, gifts }: Pick<PlanConstraints, "autonomyLevel" | "gifts">,
  consents: Consents,
): boolean => shipsGoods(autonomyLevel) && gifts === "allowed" && consents["unasked-parcel"] === undefined

/** Returns the first gate that refuses a customer whatever the item and time, or `null`. Unknown consent is no consent. */
export function customerRefusal(
  { consents, history }: Pick<GateCustomer, "consents" | "history">,
  terms: PlanConstraints,
): GateRefusal | null {
  const { autonomyLevel, freeReturn, maxCaseAgeDays, nowMs } = terms
  const noConsent = consentRefusal(consents, terms)
  if (noConsent) return { gate: "consent", reason: noConsent }
  if (hasOpenCase({ history, nowMs }, { service: { maxCaseAgeDays } }))
    return { gate: "openCase", reason: "a complaint or a late delivery is open" }
  if (shipsGoods(autonomyLevel) && !freeReturn)
    return { gate: "freeReturn", reason: "the plan offers no free returns, so no goods may leave" }
  return null
}

/** Returns the refusal of a customer with as many sends in flight as allowed, or `null`. */
export const inFlightRefusal = (
  { inFlight }: Pick<GateCustomer, "inFlight">,
  { inFlightPerCustomer }: PlanConstraints,
): GateRefusal | null =>
  inFlight >= inFlightPerCustomer
    ? { gate: "inFlight", reason: `${inFlight} sends to the customer have not ended` }
    : null

function consentRefusal(consents: Consents, { autonomyLevel, channel, gifts }: PlanConstraints): string | null {
  if (!shipsGoods(autonomyLevel))
    return isOnSite(channel) || hasConsent(consents, "marketing", channel)
      ? null
      : `no consent to marketing on ${channel} is known`
  if (
    autonomyLevel === "announce" &&
    channel !== "post" &&
    !isOnSite(channel) &&
    !hasConsent(consents, "service", channel)
  )
    return `no consent to service messages on ${channel} is known, so nothing could be announced`
  if (hasConsent(consents, "unasked-parcel", "post")) return null
  if (!isGift({ autonomyLevel, gifts }, consents)) return "the customer has not opted in to unasked parcels"
  return hasConsent(consents, "marketing", "post") ? null : "a gift by post needs consent to marketing there"
}

/** Returns a check of caps, pauses and quiet hours of `contact` for one item at a time. */
export function createContactGate(
  { reservations, timeZone }: Pick<GateCustomer, "reservations" | "timeZone">,
  { autonomyLevel, channel, contact, nowMs }: PlanConstraints,
): (itemId: string) => GateRefusal | null {
  const checkContact = createContactPolicyCheck(reservations, contact, channel, { nowMs, timeZone })
  return (itemId) => {
    const refusal = checkContact({ offerId: approachId(itemId), kind: offerKindOf[autonomyLevel], channel }, false)
    return refusal && { gate: "contact", reason: `${refusal.rule}: ${refusal.reason}` }
  }
}

/** Returns the offer id under which contact policies count an item, whatever the plan. */
export const approachId = (itemId: string): string => `send:${itemId}`

/** Returns the first gate that refuses an item for an eligible customer, or `null`; `stockLeft` undefined: not counted. */
export function itemRefusal(
  { consents, history }: Pick<GateCustomer, "consents" | "history">,
  item: Item | undefined,
  stockLeft: number | undefined,
  terms: Pick<PlanConstraints, "autonomyLevel" | "currency" | "gifts" | "possession" | "nowMs">,
  owned: Possession = createPossession(history, terms.nowMs),
): GateRefusal | null {
  const { autonomyLevel, currency, gifts, nowMs, possession } = terms
  if (item === undefined || !isAvailable(item, nowMs)) return { gate: "available", reason: "it is not on sale" }
  if (item.price === undefined) return { gate: "price", reason: "its price is not known" }
  if (item.currency !== undefined && item.currency !== currency)
    return { gate: "currency", reason: `it is not sold in ${currency}` }
  const senseless = possessionRefusal(item, owned, possession)
  const owning: GateRefusal | null = senseless && { gate: senseless.rule, reason: senseless.reason }
  if (!shipsGoods(autonomyLevel)) return owning
  if (stockLeft !== undefined && stockLeft < 1) return { gate: "stock", reason: "none is left that is not held" }
  const sent = history.sends !== undefined && Object.hasOwn(history.sends, item.id) ? history.sends[item.id] : undefined
  if (sent !== undefined && sent.returned > 0)
    return { gate: "returnedBefore", reason: "it was sent unasked before and came back" }
  if (owning) return owning
  const consent = consents["unasked-parcel"]
  const beyond =
    consent === undefined && isGift({ autonomyLevel, gifts }, consents) ? null : beyondTerms(consent ?? {}, item)
  return beyond && { gate: beyond.rule, reason: beyond.reason }
}

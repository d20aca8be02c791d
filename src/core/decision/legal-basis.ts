import type { Offer, OfferKind } from "../catalogue/offer.ts"
import { type Consents, hasConsent, isChannelWithdrawn } from "../customer/consent.ts"
import type { IdentifierType } from "../customer/identifier.ts"
import { isOnSite } from "../policy/policy.ts"
import type { Channel, ConsentPurpose } from "../schema/channel.ts"

/** Legal bases for contacting a customer (GDPR, article 6(1) b, a and f). */
export const legalBases = ["contract", "consent", "legitimateInterest"] as const
export type LegalBasis = (typeof legalBases)[number]

/** Purposes of a message: `contract` concerns an order, its delivery or a complaint; `visit` is shown to a visitor of the shop. */
export const messagePurposes = ["contract", "visit", "service", "marketing", "unasked-parcel", "analytics"] as const
export type MessagePurpose = (typeof messagePurposes)[number]

export const basisOf: Readonly<Record<MessagePurpose, LegalBasis>> = {
  contract: "contract",
  visit: "legitimateInterest",
  service: "consent",
  marketing: "consent",
  "unasked-parcel": "consent",
  analytics: "consent",
}

const purposeOfKind: Readonly<Record<OfferKind, MessagePurpose>> = {
  recommendation: "marketing",
  replenishment: "marketing",
  promotion: "marketing",
  retention: "marketing",
  extra: "marketing",
  parcel: "unasked-parcel",
  recovery: "service",
  notice: "contract",
}

/**
 * Returns the purpose of making an offer on a channel. A parcel is unasked wherever it is decided, so neither a page of the shop nor the
 * offer's own purpose replaces its consent; a notice that names a purpose is sent under that one.
 */
export function purposeOf({ kind, purpose }: Pick<Offer, "kind" | "purpose">, channel: Channel): MessagePurpose {
  if (kind === "parcel") return "unasked-parcel"
  const own = purpose ?? purposeOfKind[kind]
  return own !== "contract" && isOnSite(channel) ? "visit" : own
}

/** The identifier that is an address on a channel; other channels need a consent to service. */
const addressOf: Partial<Readonly<Record<Channel, IdentifierType>>> = {
  email: "email",
  sms: "phone",
  "call-centre": "phone",
}

export interface Reach {
  channel: Channel
  consents: Consents
  /** Types of the customer's identifiers that are addresses. */
  reachableBy?: readonly IdentifierType[] | undefined
}

/**
 * Returns whether the customer gave a channel: they are on it now, gave an address for it, or consented to service messages on it. A
 * withdrawal of service messages on the channel takes it back; a refusal of marketing or of service as a whole does not concern
 * messages that perform a contract.
 */
export function gaveChannel({ channel, consents, reachableBy = [] }: Reach): boolean {
  if (isOnSite(channel)) return true
  if (isChannelWithdrawn(consents, "service", channel)) return false
  const address = addressOf[channel]
  return (address !== undefined && reachableBy.includes(address)) || hasConsent(consents, "service", channel)
}

/** The consent that such an offer rests on, `null` where it rests on none. */
export function neededConsent(offer: Pick<Offer, "kind" | "purpose">, channel: Channel): ConsentPurpose | null {
  const purpose = purposeOf(offer, channel)
  return purpose === "visit" || purpose === "contract" ? null : purpose
}

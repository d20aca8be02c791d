import type { Offer, OfferKind } from "../catalogue/offer.ts"
import { type Consents, hasConsent, isChannelWithdrawn } from "../customer/consent.ts"
import type { IdentifierType } from "../customer/identifier.ts"
import { isOnSite } from "../policy/policy.ts"
import type { Channel, ConsentPurpose } from "../schema/channel.ts"

/** Why the law lets a customer be addressed (GDPR, article 6(1) b, a and f). */
export const legalBases = ["contract", "consent", "legitimateInterest"] as const
export type LegalBasis = (typeof legalBases)[number]

/** What a message is for: `contract` is about an order, its delivery or a complaint; `visit` is what is shown to who came to the shop. */
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
 * What making an offer on a channel is for. A parcel is unasked wherever it is decided, so no page of the shop and no purpose of the
 * offer's own stands in for its consent; a notice that names a purpose is sent under that one.
 */
export function purposeOf({ kind, purpose }: Pick<Offer, "kind" | "purpose">, channel: Channel): MessagePurpose {
  if (kind === "parcel") return "unasked-parcel"
  const own = purpose ?? purposeOfKind[kind]
  return own !== "contract" && isOnSite(channel) ? "visit" : own
}

/** By which identifier a customer is reached on a channel; on the others only a consent to service says that they may be. */
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
 * Whether the customer gave a channel: they are on it now, gave an address of it, or agreed to service messages on it. One that they took
 * service messages off is no longer given; a refusal of marketing, or of service as a whole, does not concern what performs a contract.
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

import type { Offer } from "../catalogue/offer.ts"
import { type Consents, hasConsent, isRefused } from "../customer/consent.ts"
import { neededConsent } from "../decision/legal-basis.ts"
import type { Channel } from "../schema/channel.ts"

/** Returns whether stored content may still be shown: the consent that its offer needs stands, or, without an offer, marketing is not refused. */
export function contentStands(
  offer: Pick<Offer, "kind" | "purpose"> | null,
  channel: Channel,
  consents: Consents,
): boolean {
  if (offer === null) return !isRefused(consents, "marketing", channel)
  const purpose = neededConsent(offer, channel)
  return purpose === null || hasConsent(consents, purpose, channel)
}

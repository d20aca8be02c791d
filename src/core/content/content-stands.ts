import type { Offer } from "../catalogue/offer.ts"
import { type Consents, hasConsent, isRefused } from "../customer/consent.ts"
import { neededConsent } from "../decision/legal-basis.ts"
import type { Channel } from "../schema/channel.ts"

/** Whether content made for a customer may still be shown: they have not taken back what its offer needed, nor, without an offer, refused selling. */
export function contentStands(
  offer: Pick<Offer, "kind" | "purpose"> | null,
  channel: Channel,
  consents: Consents,
): boolean {
  if (offer === null) return !isRefused(consents, "marketing", channel)
  const purpose = neededConsent(offer, channel)
  return purpose === null || hasConsent(consents, purpose, channel)
}

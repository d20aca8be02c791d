import { behaviourOfKind, type Offer } from "../catalogue/offer.ts"
import { type Consents, hasConsent, isRefused } from "../customer/consent.ts"
import { neededConsent } from "../decision/legal-basis.ts"
import type { Channel } from "../schema/channel.ts"

/** The customer's side of whether they may be sold to on a channel. */
export interface SellingLimits {
  consents: Consents
  /** A complaint or a delay of theirs is open. */
  hasOpenCase: boolean
}

/** Returns whether a customer must not be sold to on a channel: they refused marketing there, or wait for an answer of the shop. */
export const refusesSelling = (channel: Channel, { consents, hasOpenCase }: SellingLimits): boolean =>
  hasOpenCase || isRefused(consents, "marketing", channel)

/** Returns whether stored content may still be shown: it may still sell, if it does, and the consent that its offer needs stands. */
export function contentStands(
  offer: Pick<Offer, "kind" | "purpose"> | null,
  channel: Channel,
  limits: SellingLimits,
): boolean {
  if (offer === null) return !refusesSelling(channel, limits)
  const { consents, hasOpenCase } = limits
  if (hasOpenCase && behaviourOfKind[offer.kind].isSelling) return false
  const purpose = neededConsent(offer, channel)
  return purpose === null || hasConsent(consents, purpose, channel)
}

import { behaviourOfKind, type OfferKind } from "../catalogue/offer.ts"
import type { Channel } from "../schema/channel.ts"

/** Offers of a kind on a channel that reached the customer, and how many were accepted. */
export interface AcceptanceCount {
  kind: OfferKind
  channel: Channel
  offered: number
  accepted: number
  /** Acceptances that the personal prior expected of them before any were known; absent: the average. */
  expected?: number
}

/** Beta(1, 19): before any count an offer is accepted one time in twenty; twenty observations weigh as much as this belief. */
const acceptancePrior = { accepted: 1, refused: 19 }

/** Returns whether an offer of this kind has no accept or refuse. */
export const isUnconditional = (kind: OfferKind): boolean => behaviourOfKind[kind].isUnconditional

/** P(accept | offered) as the posterior mean of the Beta-binomial by kind and channel; 1 for unconditional kinds. */
export function propensity(kind: OfferKind, channel: Channel, counts: readonly AcceptanceCount[]): number {
  if (isUnconditional(kind)) return 1
  const { offered, accepted } = counts.find((count) => count.kind === kind && count.channel === channel) ?? {
    offered: 0,
    accepted: 0,
  }
  return (accepted + acceptancePrior.accepted) / (offered + acceptancePrior.accepted + acceptancePrior.refused)
}

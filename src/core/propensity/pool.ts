import type { OfferKind } from "../catalogue/offer.ts"
import { logit, sigmoid } from "../measure/logistic-regression.ts"
import type { Channel } from "../schema/channel.ts"
import type { PropensityNetwork } from "./propensity-network.ts"

/** Returns the network's weight beside the prior for a kind on a channel; 0 where it has not learnt them. */
export const networkWeight = (
  network: Pick<PropensityNetwork, "known"> | null,
  kind: OfferKind,
  channel: Channel,
): number => network?.known.find((pair) => pair.kind === kind && pair.channel === channel)?.weight ?? 0

/** Logarithmic opinion pool (Genest and Zidek 1986) of the network's probability and the prior's: the weighted mean of their log-odds. */
export const pooledPropensity = (network: number, prior: number, weight: number): number =>
  weight === 1 ? network : sigmoid(weight * logit(network) + (1 - weight) * logit(prior))

import type { OfferKind } from "../catalogue/offer.ts"
import { logit } from "../measure/logistic-regression.ts"
import type { Channel } from "../schema/channel.ts"
import { type AcceptanceCount, isUnconditional } from "./smoothed-rates.ts"

/** Before any acceptance an average offer is accepted one time in twenty. */
export const averageLogOdds = logit(1 / 20)

/** Expected acceptances that a belief weighs as much as: of the shop in the prior, of a kind in the shop's, of a channel in the kind's. */
const beliefWeight = 1

interface Sums {
  accepted: number
  expected: number
}

/**
 * Returns the log-odds of acceptance of an average offer of a kind on a channel: the prior's, moved by what was accepted beside what
 * it expected. Each ratio is a Gamma-Poisson posterior mean whose prior is the next wider one: of the kind on the channel, of the kind, of the shop.
 */
export function responseLogOdds(kind: OfferKind, channel: Channel, counts: readonly AcceptanceCount[]): number {
  const sumOf = (belongs: (count: AcceptanceCount) => boolean) => sumsOf(counts.filter(belongs))
  const shop = posterior(
    sumOf((count) => !isUnconditional(count.kind)),
    1,
  )
  const ofKind = posterior(
    sumOf((count) => count.kind === kind),
    shop,
  )
  const onChannel = posterior(
    sumOf((count) => count.kind === kind && count.channel === channel),
    ofKind,
  )
  return averageLogOdds + Math.log(onChannel)
}

const posterior = ({ accepted, expected }: Sums, belief: number) =>
  (accepted + beliefWeight * belief) / (expected + beliefWeight)

/** Sums counts; decisions that were made without a prior expected the average. */
const sumsOf = (counts: readonly AcceptanceCount[]): Sums =>
  counts.reduce(
    (sums, { offered, accepted, expected = offered / 20 }) => ({
      accepted: sums.accepted + accepted,
      expected: sums.expected + expected,
    }),
    { accepted: 0, expected: 0 },
  )

import type { OfferKind } from "../../src/core/catalogue/offer.ts"
import { clusteredMean, type Estimate } from "../../src/core/measure/estimate.ts"
import { type AcceptanceCount, propensity } from "../../src/core/propensity/smoothed-rates.ts"
import type { Channel } from "../../src/core/schema/channel.ts"
import type { PropensityExample } from "./examples.ts"

/** The network takes over from smoothed rates where it could learn and was shown to predict better; these are the least counts. */
const minCounts = { offered: 300, accepted: 30 }
/** A kind on a channel is left to its smoothed rate below as many offers. */
const minOffersPerPair = 30

/** Counts offers and acceptances by kind and channel. */
function countPairs(examples: readonly PropensityExample[]): AcceptanceCount[] {
  const counts = new Map<string, AcceptanceCount>()
  for (const { kind, channel, accepted } of examples) {
    if (kind === "nothing") continue
    const key = `${kind} ${channel}`
    const count = counts.get(key) ?? { kind, channel, offered: 0, accepted: 0 }
    count.offered++
    if (accepted) count.accepted++
    counts.set(key, count)
  }
  return [...counts.values()]
}

/** The pairs that were offered often enough to learn from. */
export const knownPairs = (examples: readonly PropensityExample[]): { kind: OfferKind; channel: Channel }[] =>
  countPairs(examples)
    .filter(({ offered }) => offered >= minOffersPerPair)
    .map(({ kind, channel }) => ({ kind, channel }))

/** Returns the forecast of each example by smoothed rates of the past examples. */
export const rateForecasts = (
  past: readonly PropensityExample[],
  examples: readonly PropensityExample[],
): Float64Array => {
  const counts = countPairs(past)
  return Float64Array.from(examples, ({ kind, channel }) =>
    kind === "nothing" ? 0 : propensity(kind, channel, counts),
  )
}

/** Log-loss of the rates less that of the network, example by example, customers being the unit; above 0 the network is better. */
export function logLossGain(
  rates: ArrayLike<number>,
  network: ArrayLike<number>,
  examples: readonly PropensityExample[],
): Estimate {
  const loss = (p: number, accepted: boolean) => -Math.log(Math.max(1e-15, accepted ? p : 1 - p))
  return clusteredMean(
    examples.map(({ accepted }, n) => loss(rates[n]!, accepted) - loss(network[n]!, accepted)),
    examples.map(({ customerId }) => customerId),
  )
}

/** One-sided 95 % quantile of the standard normal distribution. */
const oneSided95 = 1.6448536269514722

/** Returns why the network must not replace smoothed rates yet, or `null` when it may. */
export function blockedBecause(counts: { offered: number; accepted: number }, gain: Estimate | null): string | null {
  const { offered, accepted } = minCounts
  if (counts.offered < offered) return `${counts.offered} offers have had their time, ${offered} are needed`
  if (counts.accepted < accepted) return `${counts.accepted} were accepted, ${accepted} are needed`
  const least = gain === null ? null : gain.value - oneSided95 * gain.error
  if (gain !== null && least !== null && !(least > 0)) {
    return `on later decisions it is not surely better than smoothed rates: log-loss ${gain.value.toFixed(5)} lower, with 95 % certainty at least ${least.toFixed(5)}`
  }
  return null
}

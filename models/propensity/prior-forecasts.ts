import type { OfferKind } from "../../src/core/catalogue/offer.ts"
import { clusteredMean, type Estimate } from "../../src/core/measure/estimate.ts"
import { expectedAcceptance, priorPropensity } from "../../src/core/propensity/prior.ts"
import { responseLogOdds } from "../../src/core/propensity/response-odds.ts"
import { type AcceptanceCount, propensity } from "../../src/core/propensity/smoothed-rates.ts"
import type { Channel } from "../../src/core/schema/channel.ts"
import type { PropensityExample } from "./examples.ts"

/** The network is fitted from these counts on. */
const minCounts = { offered: 300, accepted: 30 }
/** A kind on a channel is left to the prior below as many offers. */
const minOffersPerPair = 30

/** Counts offers and acceptances by kind and channel. */
function countPairs(examples: readonly PropensityExample[]): AcceptanceCount[] {
  const counts = new Map<string, AcceptanceCount>()
  for (const { kind, channel, accepted, prior } of examples) {
    if (kind === "nothing") continue
    const key = `${kind} ${channel}`
    const count = counts.get(key) ?? { kind, channel, offered: 0, accepted: 0, expected: 0 }
    count.offered++
    count.expected! += prior ? expectedAcceptance(prior) : 1 / 20
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

/** Returns the forecast of each example without a network: by the prior, set to scale by past examples, or by their smoothed rates. */
export const priorForecasts = (
  past: readonly PropensityExample[],
  examples: readonly PropensityExample[],
): Float64Array => {
  const counts = countPairs(past)
  return Float64Array.from(examples, ({ kind, channel, prior }) => {
    if (kind === "nothing") return 0
    if (!prior) return propensity(kind, channel, counts)
    return priorPropensity({ ...prior, response: responseLogOdds(kind, channel, counts) })
  })
}

/** Log-loss of the prior less that of the pool, example by example, customers being the unit; above 0 the pool is better. */
export function logLossGain(
  prior: ArrayLike<number>,
  pool: ArrayLike<number>,
  examples: readonly PropensityExample[],
): Estimate {
  const loss = (p: number, accepted: boolean) => -Math.log(Math.max(1e-15, accepted ? p : 1 - p))
  return clusteredMean(
    examples.map(({ accepted }, n) => loss(prior[n]!, accepted) - loss(pool[n]!, accepted)),
    examples.map(({ customerId }) => customerId),
  )
}

/** Returns why no network can be fitted yet, or `null` when one can. */
export function tooFewBecause(counts: { offered: number; accepted: number }): string | null {
  const { offered, accepted } = minCounts
  if (counts.offered < offered) return `${counts.offered} offers have had their time, ${offered} are needed`
  if (counts.accepted < accepted) return `${counts.accepted} were accepted, ${accepted} are needed`
  return null
}

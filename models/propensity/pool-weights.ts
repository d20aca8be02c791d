import type { OfferKind } from "../../src/core/catalogue/offer.ts"
import { pooledPropensity } from "../../src/core/propensity/pool.ts"
import type { PropensityNetwork } from "../../src/core/propensity/propensity-network.ts"
import type { Channel } from "../../src/core/schema/channel.ts"

/** Two forecasts of one later offer, and whether it was accepted. */
export interface PooledForecast {
  kind: OfferKind
  channel: Channel
  network: number
  prior: number
  accepted: boolean
}

/** Nats of evidence that the network must bring to replace the prior, and those that a pair must bring to differ wholly from all. */
const evidence = { network: 2, pair: 8 }
const weights = Array.from({ length: 21 }, (_, n) => n / 20)

/** Summed log-loss of the pool at each of `weights`. */
const lossesOf = (forecasts: readonly PooledForecast[]): number[] =>
  weights.map((weight) =>
    forecasts.reduce((sum, { network, prior, accepted }) => {
      const pooled = pooledPropensity(network, prior, weight)
      return sum - Math.log(Math.max(1e-15, accepted ? pooled : 1 - pooled))
    }, 0),
  )

function lowest(costs: readonly number[]): number {
  return weights[costs.indexOf(Math.min(...costs))]!
}

/**
 * Weighs the network beside the prior for each kind and channel by stacking (Wolpert 1992): the weight of least log-loss on later offers that
 * neither saw, drawn towards that of all kinds, and this towards the prior. Pairs that keep to the prior are left out.
 */
export function poolWeights(
  forecasts: readonly PooledForecast[],
  pairs: readonly { kind: OfferKind; channel: Channel }[],
): PropensityNetwork["known"] {
  const ofAll = lowest(lossesOf(forecasts).map((loss, n) => loss + evidence.network * weights[n]!))
  return pairs.flatMap(({ kind, channel }) => {
    const own = forecasts.filter((one) => one.kind === kind && one.channel === channel)
    const weight = lowest(lossesOf(own).map((loss, n) => loss + evidence.pair * (weights[n]! - ofAll) ** 2))
    return weight === 0 ? [] : [{ kind, channel, weight }]
  })
}

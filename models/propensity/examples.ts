import type { OfferKind } from "../../src/core/catalogue/offer.ts"
import { candidateFeatureNames } from "../../src/core/propensity/decision-features.ts"
import type { PriorTerms } from "../../src/core/propensity/prior.ts"
import { nothingId } from "../../src/core/propensity/propensity-network.ts"
import type { Channel } from "../../src/core/schema/channel.ts"

/** An offer that was made, what was known then, and whether it was accepted within its waiting time. */
export interface PropensityExample {
  customerId: string
  /** Milliseconds since the epoch. */
  at: number
  /** `nothingId` for a decision to stay silent, whose outcome is what the customer did anyway. */
  offerId: string
  kind: OfferKind | "nothing"
  channel: Channel
  /** Situation, facts, candidate: one row of the network's inputs. */
  features: Float32Array
  accepted: boolean
  /** Terms of the prior at the time; absent: it had none. */
  prior?: PriorTerms | undefined
  /** The logging policy's probability of this choice. */
  probability: number
}

/** Examples in columns, ascending in time; row `n` has features `n · inputs …` and the offer `rows[n]` of the network. */
export interface ExampleColumns {
  inputs: number
  features: Float32Array
  /** The first column of the candidate; those before are the situation and facts. */
  candidateFrom: number
  rows: Int32Array
  /** The row of `nothing`, which is never a new offer. */
  nothingRow?: number | undefined
  accepted: Float32Array
  weight: Float32Array
}

/** Rows of offers in order of their id, from 1; 0 is left for offers that are not here. */
export const rowsOfOffers = (examples: readonly PropensityExample[]): Map<string, number> =>
  new Map([...new Set(examples.map(({ offerId }) => offerId))].sort().map((offerId, n) => [offerId, n + 1]))

/** Lays examples out for a fit; `weights` are one an example. */
export function columnsOf(
  examples: readonly PropensityExample[],
  rowOf: ReadonlyMap<string, number>,
  weights: ArrayLike<number>,
): ExampleColumns {
  const inputs = examples[0]?.features.length ?? 0
  const features = new Float32Array(examples.length * inputs)
  examples.forEach((example, n) => {
    features.set(example.features, n * inputs)
  })
  return {
    inputs,
    features,
    candidateFrom: inputs - candidateFeatureNames.length,
    rows: Int32Array.from(examples, ({ offerId }) => rowOf.get(offerId) ?? 0),
    nothingRow: rowOf.get(nothingId),
    accepted: Float32Array.from(examples, ({ accepted }) => (accepted ? 1 : 0)),
    weight: Float32Array.from(weights),
  }
}

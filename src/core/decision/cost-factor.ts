import type { CandidatePropensity } from "../propensity/propensities.ts"
import type { PropensityNetwork } from "../propensity/propensity-network.ts"

/** An offer in a draw, and where its propensity comes from. */
export interface DrawnOffer {
  offerId: string
  source: CandidatePropensity["source"] | null
}

/** Until a network learnt from this many examples, exploring may cost all of the stated share. */
const fullShareExamples = 30

/**
 * Returns the share of `explorationCostShare` that exploration may still cost, as the mean over the offers of a draw. An offer that the
 * network knows counts by the inverse root of its examples, so that γ rises as √n (Foster and Rakhlin 2020, theorem 1); one that it
 * does not know counts 1, so that new offers are explored.
 */
export function costFactorOf(
  offers: readonly DrawnOffer[],
  network: Pick<PropensityNetwork, "examples" | "rowOf"> | null,
): number {
  if (network === null || offers.length === 0) return 1
  const known = offers.filter(({ offerId, source }) => source === "network" && network.rowOf.has(offerId)).length
  const ofKnown = Math.min(1, Math.sqrt(fullShareExamples / network.examples))
  return known === 0 ? 1 : 1 - (known / offers.length) * (1 - ofKnown)
}

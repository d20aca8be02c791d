import type { CandidatePropensity } from "./propensities.ts"
import type { PropensityNetwork } from "./propensity-network.ts"

/** An offer in a draw, and where its propensity comes from. */
export interface DrawnOffer {
  offerId: string
  source: CandidatePropensity["source"] | null
}

/** Until a network learnt from as many examples, exploring may cost all of the stated share. */
const wholeShareUntil = 100

/** How many examples tell the offers of a draw apart: those of the network if it knows each of them, else 0, so that what is new is explored. */
export const evidenceOf = (
  offers: readonly DrawnOffer[],
  network: Pick<PropensityNetwork, "examples" | "rowOf"> | null,
): number =>
  network !== null &&
  offers.length > 0 &&
  offers.every(({ offerId, source }) => source === "network" && network.rowOf.has(offerId))
    ? network.examples
    : 0

/** What exploring may cost once `evidence` examples were learnt from: it falls as their root, so that γ rises as √n (Foster and Rakhlin 2020, theorem 1). */
export const costShareAfter = (costShare: number, evidence: number): number =>
  costShare * Math.min(1, Math.sqrt(wholeShareUntil / evidence))

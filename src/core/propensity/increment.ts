import { calibrate } from "../measure/calibrator.ts"
import { sigmoid } from "../measure/logistic-regression.ts"
import { type NetworkCandidate, networkLogits, nothingId, type PropensityNetwork } from "./propensity-network.ts"

/** The chance of one outcome (an order within the waiting time) with an offer and without any. */
export interface Increment {
  offered: number
  organic: number
}

/** Returns whether a network learnt the outcomes of `nothing`. */
export const knowsNothing = ({ rowOf }: Pick<PropensityNetwork, "rowOf">): boolean => rowOf.has(nothingId)

/**
 * P(outcome | offered) and P(outcome | nothing) of every candidate by one network in which `nothing` is an offer like others, so that what
 * both share is learnt once and their difference is drawn towards none (an S-learner, Künzel et al. 2019, with shrunk interactions).
 */
export function incrementsOf(
  { weights, rowOf, calibrator }: Pick<PropensityNetwork, "weights" | "rowOf" | "calibrator">,
  contextFeatures: Float32Array,
  attributes: Float32Array,
  candidates: readonly NetworkCandidate[],
): Increment[] {
  const nothing = rowOf.get(nothingId) ?? 0
  const logitOf = networkLogits(weights, contextFeatures, attributes)
  const chance = (row: number, features: Float32Array) => calibrate(calibrator, sigmoid(logitOf(row, features)))
  return candidates.map(({ offerId, features }) => ({
    offered: chance(rowOf.get(offerId) ?? 0, features),
    organic: chance(nothing, features),
  }))
}

/** Returns P(accepts without the offer): the propensity less the increment of the offer, within [0, 1]. */
export const organicPropensity = (propensity: number, { offered, organic }: Increment): number =>
  Math.min(1, Math.max(0, propensity - (offered - organic)))

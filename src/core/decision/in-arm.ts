import type { Policy } from "../policy/policy.ts"
import { type ActionDistribution, arbitrate } from "./arbitrate.ts"
import { type Arm, armProbabilities } from "./arm.ts"
import { serviceKinds } from "./candidate.ts"
import type { Drop } from "./stages.ts"

/**
 * Returns the distribution of a decision in an arm. Service goes on in each; in the holdout everything else stays an option with
 * probability 0, so that what would have been offered is known.
 */
export function inArm(distribution: ActionDistribution, arm: Arm, policy: Policy): ActionDistribution {
  const { options, removed } = distribution
  const winner = options[0]!.candidate
  if (winner !== null) {
    if (arm !== "holdout" || serviceKinds.has(winner.offer.kind)) return distribution
    const nothing = arbitrate([], policy, 0, neverRendered, null)
    return { ...nothing, removed: [...removed, { candidate: winner, drop: heldOut }] }
  }
  const standard = options.map(({ probability }) => probability)
  const most = options.map(({ maxProbability }) => maxProbability)
  const probabilities = armProbabilities(standard, most, arm)
  if (probabilities === standard) return distribution
  return {
    ...distribution,
    options: options.map((option, n) => ({
      ...option,
      probability: probabilities[n]!,
      standardProbability: standard[n]!,
    })),
  }
}

const heldOut: Drop = {
  stage: "holdout",
  rule: "holdout",
  reason: "the customer is in the universal holdout, which is not sold to",
}

const neverRendered = () => ({ drop: heldOut })

import { type Candidate, explorableKinds, hasOpenMatter, type Situation, serviceKinds } from "./candidate.ts"
import { explore, toReward } from "./explore.ts"
import type { Policy } from "./policy.ts"
import type { AcceptanceCount } from "./propensity.ts"
import { propensity } from "./propensity.ts"
import type { Drop } from "./stages.ts"

/** A candidate with the terms of its score = propensity · value − cost, in money. */
export interface ScoredCandidate extends Candidate {
  propensity: number
  score: number
}

/** What may be chosen with which chance; `null` is `nothing`. */
export interface Contest {
  options: readonly { candidate: ScoredCandidate | null; reward: number; probability: number }[]
  outscored: readonly { candidate: ScoredCandidate; drop: Drop }[]
  gamma: number | null
  epsilon: number | null
}

/** Gives a survivor the terms of its score. */
export function score(
  candidate: Candidate,
  { channel }: Situation,
  counts: readonly AcceptanceCount[],
): ScoredCandidate {
  const { kind, value, cost } = candidate.offer
  const chance = propensity(kind, channel, counts)
  return { ...candidate, propensity: chance, score: chance * value - cost }
}

/**
 * Decides who is in the draw. While a service matter is open, the best message about it goes without a contest. An offer that is never
 * explored wins surely when it is worth more than everything else and than nothing. Otherwise `nothing` and the best explorable
 * offers share the chances.
 */
export function arbitrate(survivors: readonly ScoredCandidate[], situation: Situation, policy: Policy): Contest {
  const ranked = [...survivors].sort(byScoreThenId)
  const message = hasOpenMatter(situation) ? ranked.find(({ offer }) => serviceKinds.has(offer.kind)) : undefined
  const winner = message ?? (ranked[0] && !isExplorable(ranked[0]) && ranked[0].score > 0 ? ranked[0] : undefined)
  if (winner !== undefined) return certain(winner, ranked, policy)
  const explorable = ranked.filter(isExplorable)
  const explored = explorable.slice(0, policy.maxExplored)
  return {
    ...contestOf(explored, policy),
    outscored: [
      ...ranked.filter((candidate) => !isExplorable(candidate)).map(outscored),
      ...explorable.slice(policy.maxExplored).map((candidate) => ({
        candidate,
        drop: { stage: "exploration", rule: "maxExplored", reason: "not among the best that are explored" } as const,
      })),
    ],
  }
}

const isExplorable = ({ offer }: ScoredCandidate) => explorableKinds.has(offer.kind)

const byScoreThenId = (a: ScoredCandidate, b: ScoredCandidate) =>
  b.score - a.score || (a.offer.id < b.offer.id ? -1 : 1)

const outscored = (candidate: ScoredCandidate) => ({
  candidate,
  drop: { stage: "arbitration", rule: "outscored", reason: "something else, or nothing, is worth more" } as const,
})

const certain = (winner: ScoredCandidate, ranked: readonly ScoredCandidate[], { rewardBounds }: Policy): Contest => ({
  options: [{ candidate: winner, reward: toReward(winner.score, rewardBounds), probability: 1 }],
  outscored: ranked.filter((candidate) => candidate !== winner).map(outscored),
  gamma: null,
  epsilon: null,
})

/** `explored` is in order of score, so the best option is its first, or `nothing` when that is not worth more than 0. */
function contestOf(explored: readonly ScoredCandidate[], policy: Policy): Omit<Contest, "outscored"> {
  const candidates = [null, ...explored]
  const rewards = candidates.map((candidate) => toReward(candidate?.score ?? 0, policy.rewardBounds))
  const best = (explored[0]?.score ?? 0) > 0 ? 1 : 0
  const { probabilities, gamma, epsilon } = explore(rewards, best, policy.explorationCostShare)
  return {
    options: candidates.map((candidate, option) => ({
      candidate,
      reward: rewards[option]!,
      probability: probabilities[option]!,
    })),
    gamma,
    epsilon,
  }
}

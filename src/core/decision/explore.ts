/** A distribution over options and how it came about. */
export interface Exploration {
  /** One per reward, in the same order; they sum to one. */
  probabilities: readonly number[]
  gamma: number
  epsilon: number
}

const epsilonOfCostShare = 0.25

/**
 * SquareCB (Foster and Rakhlin 2020) over predicted rewards in [0, 1], mixed with a uniform floor: π = (1 − ε)·SquareCB_γ + ε/K,
 * where an option short of the best by Δ gets 1 / (K + γΔ) and the best the rest. `best` names the best among equals.
 *
 * The expected cost Σ πΔ grows with every Δ, so at Δ = 1 it is at its worst: (1 − ε)(K − 1)/(K + γ) + ε(K − 1)/K. A quarter of
 * `costShare` goes to ε, and γ makes this bound equal to `costShare`, whatever is predicted.
 */
export function explore(rewards: readonly number[], best: number, costShare: number): Exploration {
  const count = rewards.length
  const epsilon = epsilonOfCostShare * costShare
  const floor = epsilon / count
  const left = costShare - floor * (count - 1)
  const gamma = Math.max(0, ((1 - epsilon) * (count - 1)) / left - count)
  const squareCb = rewards.map((reward) => 1 / (count + gamma * (rewards[best]! - reward)))
  squareCb[best] = 1 - squareCb.reduce((sum, share, option) => (option === best ? sum : sum + share), 0)
  return { probabilities: squareCb.map((share) => (1 - epsilon) * share + floor), gamma, epsilon }
}

/** A score as a reward in [0, 1]: linear between the bounds, clipped outside. */
export const toReward = (score: number, { low, high }: { low: number; high: number }): number =>
  Math.min(1, Math.max(0, (score - low) / (high - low)))

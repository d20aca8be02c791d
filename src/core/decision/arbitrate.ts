import type { Policy } from "../policy/policy.ts"
import type { PropensityNetwork } from "../propensity/propensity-network.ts"
import { explorableKinds, keyOf, serviceKinds } from "./candidate.ts"
import { costFactorOf } from "./cost-factor.ts"
import { explore, toReward } from "./explore.ts"
import { maxProbability, ramped } from "./ramp-up.ts"
import type { RenderedOffer, ScoredCandidate } from "./score.ts"
import type { Drop } from "./stages.ts"

/** A candidate that can be shown to the customer. */
export interface RenderedCandidate extends ScoredCandidate {
  shown: RenderedOffer
}

export interface ActionOption {
  /** `null`: nothing. */
  candidate: RenderedCandidate | null
  reward: number
  probability: number
  /** The most it may be chosen; below 1 for an offer that is new. */
  maxProbability: number
  /** Probability in the arm `standard`; absent: `probability` is that. */
  standardProbability?: number
}

/** The options of a draw with their probabilities. */
export interface ActionDistribution {
  options: readonly ActionOption[]
  removed: readonly { candidate: ScoredCandidate; drop: Drop }[]
  gamma: number | null
  epsilon: number | null
  /** Share of the policy's `explorationCostShare` that exploration may cost, 0 to 1. */
  costFactor: number
}

/** Renders a candidate, or says why it cannot be shown; called once for each candidate that would otherwise be in the draw. */
export type RenderCandidate = (candidate: ScoredCandidate) => { shown: RenderedOffer } | { drop: Drop }

/**
 * Decides who is in the draw. The best notice that survived goes
 * without a contest, else the best recovery. An offer that is never explored wins
 * surely when it is worth more than everything else and than nothing. Otherwise `nothing` and the best explorable offers share the
 * chances.
 */
export function arbitrate(
  survivors: readonly ScoredCandidate[],
  policy: Policy,
  nowMs: number,
  renderCandidate: RenderCandidate,
  network: PropensityNetwork | null,
): ActionDistribution {
  const removed = new Map<ScoredCandidate, Drop>()
  const ranked = [...survivors].sort(byScoreThenKey)
  const rendered = (candidate: ScoredCandidate): RenderedCandidate | null => {
    const result = renderCandidate(candidate)
    if ("shown" in result) return { ...candidate, shown: result.shown }
    removed.set(candidate, result.drop)
    return null
  }
  const winner = firstCertain(ranked, rendered)
  const isLeft = (candidate: ScoredCandidate) =>
    !removed.has(candidate) && (winner === null || keyOf(candidate) !== keyOf(winner))
  if (winner) {
    for (const candidate of ranked) if (isLeft(candidate)) removed.set(candidate, lossTo(winner, candidate))
    return { ...certain(winner, policy), removed: listed(removed) }
  }
  const spentBy = createDiversity(policy)
  const explored: RenderedCandidate[] = []
  for (const candidate of ranked.filter(isLeft)) {
    if (!explorableKinds.has(candidate.offer.kind)) removed.set(candidate, outscored)
    else if (explored.length >= policy.maxExplored) removed.set(candidate, beyondMost)
    else {
      const spent = spentBy(candidate)
      if (spent) removed.set(candidate, spent)
      const shown = spent ? null : rendered(candidate)
      if (shown) explored.push(shown)
    }
  }
  return { ...distributionOf(explored, policy, nowMs, network), removed: listed(removed) }
}

const listed = (removed: ReadonlyMap<ScoredCandidate, Drop>) =>
  [...removed].map(([candidate, drop]) => ({ candidate, drop }))

/** The candidate that needs no draw: a notice, whatever else is worth; a recovery; or one that is never explored and worth more than all that could be. */
function firstCertain(
  ranked: readonly ScoredCandidate[],
  rendered: (candidate: ScoredCandidate) => RenderedCandidate | null,
): RenderedCandidate | null {
  for (const service of ["notice", "recovery"]) {
    for (const candidate of ranked) {
      const shown = candidate.offer.kind === service ? rendered(candidate) : null
      if (shown) return shown
    }
  }
  for (const candidate of ranked) {
    if (serviceKinds.has(candidate.offer.kind)) continue
    if (explorableKinds.has(candidate.offer.kind) || candidate.score <= 0) return null
    const shown = rendered(candidate)
    if (shown) return shown
  }
  return null
}

const byScoreThenKey = (a: ScoredCandidate, b: ScoredCandidate) => b.score - a.score || (keyOf(a) < keyOf(b) ? -1 : 1)

const lossTo = (winner: ScoredCandidate, { offer }: ScoredCandidate): Drop =>
  winner.offer.kind === "notice" && offer.kind === "recovery" ? joinsApart : outscored

const joinsApart: Drop = {
  stage: "arbitration",
  rule: "joins",
  reason: "a notice never competes; a recovery is decided separately and joins it",
}

const outscored: Drop = {
  stage: "arbitration",
  rule: "outscored",
  reason: "another option, or nothing, has a higher score",
}

const beyondMost: Drop = {
  stage: "exploration",
  rule: "maxExplored",
  reason: "not among the best `maxExplored` offers",
}

/** Counts what is in the draw by theme and item; says why one more is too many. */
function createDiversity({ diversity: { perTheme, perItem } }: Policy): (candidate: ScoredCandidate) => Drop | null {
  const counts = new Map<string, number>()
  const isFull = (key: string, most: number | undefined) => most !== undefined && (counts.get(key) ?? 0) >= most
  return ({ offer, item }) => {
    const keys = [
      ...(offer.theme === undefined ? [] : [{ key: `theme ${offer.theme}`, most: perTheme, rule: "perTheme" }]),
      ...(item === undefined ? [] : [{ key: `item ${item.id}`, most: perItem, rule: "perItem" }]),
    ]
    const full = keys.find(({ key, most }) => isFull(key, most))
    if (full)
      return {
        stage: "diversity",
        rule: full.rule,
        reason: `the draw already has as many offers of ${full.key} as the policy allows`,
      }
    for (const { key } of keys) counts.set(key, (counts.get(key) ?? 0) + 1)
    return null
  }
}

const certain = (winner: RenderedCandidate, { rewardBounds }: Policy): Omit<ActionDistribution, "removed"> => ({
  options: [{ candidate: winner, reward: toReward(winner.score, rewardBounds), probability: 1, maxProbability: 1 }],
  gamma: null,
  epsilon: null,
  costFactor: 1,
})

/** `explored` is in order of score, so the best option is its first, or `nothing` when that is not worth more than 0. */
function distributionOf(
  explored: readonly RenderedCandidate[],
  policy: Policy,
  nowMs: number,
  network: PropensityNetwork | null,
): Omit<ActionDistribution, "removed"> {
  const candidates = [null, ...explored]
  const rewards = candidates.map((candidate) => toReward(candidate?.score ?? 0, policy.rewardBounds))
  const best = (explored[0]?.score ?? 0) > 0 ? 1 : 0
  const costFactor = costFactorOf(
    explored.map(({ offer, source }) => ({ offerId: offer.id, source })),
    network,
  )
  const { probabilities, gamma, epsilon } = explore(rewards, best, costFactor * policy.explorationCostShare)
  const shares = candidates.map((candidate) => maxProbability(candidate?.offer.validFrom, policy, nowMs))
  const scores = candidates.map((candidate) => candidate?.score ?? 0)
  const limited = ramped(probabilities, shares, scores, epsilon / candidates.length)
  return {
    options: candidates.map((candidate, option) => ({
      candidate,
      reward: rewards[option]!,
      probability: limited[option]!,
      maxProbability: shares[option]!,
    })),
    gamma,
    epsilon,
    costFactor,
  }
}

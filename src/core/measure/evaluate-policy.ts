import { crossFit, type FitOutcomes, type LoggedChoice } from "./cross-fit.ts"
import { clusteredMean, type Estimate } from "./estimate.ts"
import {
  directMethod,
  doublyRobust,
  doublyRobustTerms,
  inversePropensityScore,
  type OffPolicyLog,
  selfNormalisedScore,
} from "./off-policy.ts"
import { missingSupport, type Overlap, overlapOf, supportNeeded } from "./overlap.ts"

/** A decision with the chances it was drawn from and what came of it after its waiting time. */
export interface LoggedDecision<Option> extends LoggedChoice<Option> {
  /** The logging policy's distribution over `options`. */
  probabilities: readonly number[]
  /** Groups the decision belongs to, by the name of the division: `{ stage: "buy", channel: "web" }`. */
  segments: Readonly<Record<string, string>>
}

/** The candidate policy's distribution over a decision's options; what is missing to 1 would go to options that were not logged. */
export type CandidatePolicy<Option> = (decision: LoggedDecision<Option>) => readonly number[]

interface SegmentGain {
  division: string
  segment: string
  decisions: number
  customers: number
  /** Candidate less logging policy, per decision; doubly robust. */
  gain: Estimate
}

export interface PolicyEvaluation {
  /** Reward of the logging policy per decision. */
  logged: Estimate
  candidate: { ips: Estimate; snips: Estimate; directMethod: Estimate; doublyRobust: Estimate }
  /** Candidate less logging policy per decision, doubly robust, on the same decisions. */
  gain: Estimate
  overlap: Overlap
  segments: readonly SegmentGain[]
  /** `better` or `worse` if the whole interval of the gain lies on one side of 0; `refused` without support. */
  verdict: "better" | "worse" | "undecided" | "refused"
  /** Reasons for refusing a verdict. */
  refusals: readonly string[]
}

export interface EvaluatePolicyOptions<Option> {
  fitOutcomes: FitOutcomes<Option, LoggedDecision<Option>>
  folds?: number
  support?: typeof supportNeeded
}

/** Estimates what a candidate policy would have brought, from decisions of another policy that logged its exact probabilities. `decisions` is not empty. */
export function evaluatePolicy<Option>(
  decisions: readonly LoggedDecision<Option>[],
  policy: CandidatePolicy<Option>,
  { fitOutcomes, folds = 5, support = supportNeeded }: EvaluatePolicyOptions<Option>,
): PolicyEvaluation {
  const candidate = decisions.map(policy)
  const log = logOf(decisions, candidate)
  const expected = crossFit(decisions, candidate, fitOutcomes, folds)
  const overlap = overlapOf(log, unsupportedOf(decisions, candidate))
  const gains = doublyRobustTerms(log, expected).map((term, n) => term - log.reward[n]!)
  const gain = clusteredMean(gains, log.customer)
  const refusals = missingSupport(overlap, support)
  return {
    logged: clusteredMean(log.reward, log.customer),
    candidate: {
      ips: inversePropensityScore(log),
      snips: selfNormalisedScore(log),
      directMethod: directMethod(expected, log.customer),
      doublyRobust: doublyRobust(log, expected),
    },
    gain,
    overlap,
    segments: segmentGains(decisions, gains),
    verdict: refusals.length > 0 ? "refused" : gain.low > 0 ? "better" : gain.high < 0 ? "worse" : "undecided",
    refusals,
  }
}

const logOf = <Option>(
  decisions: readonly LoggedDecision<Option>[],
  candidate: readonly (readonly number[])[],
): OffPolicyLog & { customer: readonly string[] } => ({
  reward: Float64Array.from(decisions, ({ reward }) => reward),
  weight: Float64Array.from(
    decisions,
    ({ chosen, probabilities }, n) => candidate[n]![chosen]! / probabilities[chosen]!,
  ),
  customer: decisions.map(({ customerId }) => customerId),
})

function unsupportedOf<Option>(
  decisions: readonly LoggedDecision<Option>[],
  candidate: readonly (readonly number[])[],
): Float64Array {
  return Float64Array.from(decisions, ({ probabilities }, n) => {
    const supported = candidate[n]!.reduce((sum, share, option) => sum + (probabilities[option]! > 0 ? share : 0), 0)
    return Math.max(0, 1 - supported)
  })
}

function segmentGains<Option>(decisions: readonly LoggedDecision<Option>[], gains: Float64Array): SegmentGain[] {
  const rows = new Map<string, { division: string; segment: string; members: number[] }>()
  decisions.forEach(({ segments }, n) => {
    for (const [division, segment] of Object.entries(segments)) {
      const key = JSON.stringify([division, segment])
      const row = rows.get(key) ?? { division, segment, members: [] }
      row.members.push(n)
      rows.set(key, row)
    }
  })
  return [...rows.values()].map(({ division, segment, members }) => {
    const customers = members.map((n) => decisions[n]!.customerId)
    return {
      division,
      segment,
      decisions: members.length,
      customers: new Set(customers).size,
      gain: clusteredMean(
        members.map((n) => gains[n]!),
        customers,
      ),
    }
  })
}

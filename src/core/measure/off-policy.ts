import { clusteredMean, type Estimate, errorOfMean, estimateOf } from "./estimate.ts"

/** Logged decisions in columns, one value a decision. */
export interface OffPolicyLog {
  /** Reward of the decision. */
  reward: Float64Array
  /** The candidate policy's probability of what was chosen over the logging policy's. */
  weight: Float64Array
  /** Customer of the decision; without it decisions are independent. */
  customer?: readonly string[] | undefined
}

/** Predictions of an outcome model, one value a decision. */
export interface ExpectedRewards {
  /** Expected reward of the chosen option. */
  ofChosen: Float64Array
  /** Expected reward of the candidate policy: Σ over options of its probability times the model's prediction. */
  ofCandidate: Float64Array
}

/** Inverse propensity scoring: the mean of weight · reward (Horvitz and Thompson 1952). */
export const inversePropensityScore = ({ reward, weight, customer }: OffPolicyLog): Estimate =>
  clusteredMean(
    reward.map((value, n) => weight[n]! * value),
    customer,
  )

/** Self-normalised IPS: Σ weight · reward / Σ weight (Swaminathan and Joachims 2015); its error by the delta method. NaN when no weight is positive. */
export function selfNormalisedScore({ reward, weight, customer }: OffPolicyLog): Estimate {
  const total = weight.reduce((sum, value) => sum + value, 0)
  const value = weight.reduce((sum, w, n) => sum + w * reward[n]!, 0) / total
  const meanWeight = total / weight.length
  const influences = weight.map((w, n) => (w * (reward[n]! - value)) / meanWeight)
  return estimateOf(value, errorOfMean(influences, customer))
}

/** Direct method: the mean of what the model expects of the candidate policy; its error ignores the model's own. */
export const directMethod = ({ ofCandidate }: ExpectedRewards, customer?: readonly string[]): Estimate =>
  clusteredMean(ofCandidate, customer)

/** Doubly robust: the direct method corrected by weight · (reward − what was expected of the chosen) (Dudík et al. 2014). */
export const doublyRobust = (log: OffPolicyLog, expected: ExpectedRewards): Estimate =>
  clusteredMean(doublyRobustTerms(log, expected), log.customer)

/** The terms whose mean is the doubly robust estimate, one a decision. */
export const doublyRobustTerms = (
  { reward, weight }: OffPolicyLog,
  { ofChosen, ofCandidate }: ExpectedRewards,
): Float64Array => ofCandidate.map((value, n) => value + weight[n]! * (reward[n]! - ofChosen[n]!))

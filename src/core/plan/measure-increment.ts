import { normal95 } from "../measure/estimate.ts"

/** Fewest holdout customers for a verdict. */
const minHoldoutCustomers = 400

/** Result of one customer of a plan within the horizon. */
export interface CustomerOutcome {
  inHoldout: boolean
  /** Money: what their sends earned and cost and what they bought besides; in the holdout, what they bought anyway. */
  value: number
  /** Value expected before anything was sent, where known; a covariate that reduces variance. */
  expected?: number
}

export interface MeasuredIncrement {
  sent: number
  holdout: number
  /** Money a customer that sending brought over leaving alone; NaN while an arm has fewer than two customers. */
  increment: number
  low: number
  high: number
  /** `insufficientData`: fewer than 400 holdout customers; `inconclusive`: the interval holds 0. */
  verdict: "insufficientData" | "inconclusive" | "positive" | "negative"
}

/**
 * The difference of both arms' means, the customer as the unit, with a 95 % interval of unequal variances; what was expected beforehand
 * is taken out by a slope fitted in each arm (Lin 2013).
 */
export function measureIncrement(outcomes: readonly CustomerOutcome[]): MeasuredIncrement {
  const arms = {
    sent: outcomes.filter(({ inHoldout }) => !inHoldout),
    holdout: outcomes.filter(({ inHoldout }) => inHoldout),
  }
  const center = meanOf(outcomes.map(expectedOf))
  const [sent, holdout] = [armOf(arms.sent, center), armOf(arms.holdout, center)]
  const increment = sent.mean - holdout.mean
  const shift = (sent.slope - holdout.slope) ** 2 * (varianceOf(outcomes.map(expectedOf), 1) / outcomes.length)
  const error = Math.sqrt(sent.variance + holdout.variance + (Number.isFinite(shift) ? shift : 0))
  const [low, high] = [increment - normal95 * error, increment + normal95 * error]
  const isTooSmall = arms.holdout.length < minHoldoutCustomers
  return {
    sent: arms.sent.length,
    holdout: arms.holdout.length,
    increment,
    low,
    high,
    verdict: isTooSmall ? "insufficientData" : low > 0 ? "positive" : high < 0 ? "negative" : "inconclusive",
  }
}

const expectedOf = ({ expected = 0 }: CustomerOutcome) => expected

/** An arm's mean where the expectation is that of all, and the variance of that mean. */
function armOf(
  outcomes: readonly CustomerOutcome[],
  center: number,
): { mean: number; slope: number; variance: number } {
  const values = outcomes.map(({ value }) => value)
  const expected = outcomes.map(expectedOf)
  const [value, x] = [meanOf(values), meanOf(expected)]
  const spread = expected.reduce((sum, one) => sum + (one - x) ** 2, 0)
  const joint = expected.reduce((sum, one, n) => sum + (one - x) * (values[n]! - value), 0)
  const slope = spread > 0 ? joint / spread : 0
  const residuals = values.map((one, n) => one - value - slope * (expected[n]! - x))
  const variance = varianceOf(residuals, spread > 0 ? 2 : 1) / outcomes.length
  return { mean: value + slope * (center - x), slope, variance }
}

const meanOf = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length

function varianceOf(values: readonly number[], used: number): number {
  const mean = meanOf(values)
  return values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - used)
}

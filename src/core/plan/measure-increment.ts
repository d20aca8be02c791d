import { normal95 } from "../measure/estimate.ts"

/** Below so many withheld customers nothing is said of Δ. */
const withheldNeeded = 400

/** What one customer of a plan came to within the horizon. */
export interface PlanOutcome {
  withheld: boolean
  /** Money: what their sends earned and cost and what they bought besides; of the withheld, what they bought anyway. */
  value: number
  /** What was expected of them before anything was sent, where known: it takes out noise, never truth. */
  expected?: number
}

export interface MeasuredIncrement {
  sent: number
  withheld: number
  /** Money a customer that sending brought over leaving alone; NaN while an arm has fewer than two customers. */
  increment: number
  low: number
  high: number
  /** `tooFew`: fewer than 400 withheld customers; `open`: the interval holds 0. */
  verdict: "tooFew" | "open" | "pays" | "costs"
}

/**
 * The difference of both arms' means, the customer as the unit, with a 95 % interval of unequal variances; what was expected beforehand
 * is taken out by a slope fitted in each arm (Lin 2013).
 */
export function measureIncrement(outcomes: readonly PlanOutcome[]): MeasuredIncrement {
  const arms = {
    sent: outcomes.filter(({ withheld }) => !withheld),
    withheld: outcomes.filter(({ withheld }) => withheld),
  }
  const center = meanOf(outcomes.map(expectedOf))
  const [sent, withheld] = [armOf(arms.sent, center), armOf(arms.withheld, center)]
  const increment = sent.mean - withheld.mean
  const shift = (sent.slope - withheld.slope) ** 2 * (varianceOf(outcomes.map(expectedOf), 1) / outcomes.length)
  const error = Math.sqrt(sent.variance + withheld.variance + (Number.isFinite(shift) ? shift : 0))
  const [low, high] = [increment - normal95 * error, increment + normal95 * error]
  const tooFew = arms.withheld.length < withheldNeeded
  return {
    sent: arms.sent.length,
    withheld: arms.withheld.length,
    increment,
    low,
    high,
    verdict: tooFew ? "tooFew" : low > 0 ? "pays" : high < 0 ? "costs" : "open",
  }
}

const expectedOf = ({ expected = 0 }: PlanOutcome) => expected

/** An arm's mean where the expectation is that of all, and the variance of that mean. */
function armOf(outcomes: readonly PlanOutcome[], center: number): { mean: number; slope: number; variance: number } {
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

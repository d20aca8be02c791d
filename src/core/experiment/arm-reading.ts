import { covarianceOf, type Moments } from "./moments.ts"

/** A metric in one arm, the customer as the unit. */
export interface ArmReading {
  /** Customers. */
  count: number
  mean: number
  /** Variance of one customer's value: that of `mean` is this ÷ `count`. */
  variance: number
  /** Mean before covariates were taken out: what a relative difference is relative to. */
  unadjustedMean: number
}

/** Reads the share of customers with an event. */
export function readProportion({ count, sum }: { count: number; sum: number }): ArmReading {
  const mean = count === 0 ? 0 : sum / count
  return { count, mean, variance: mean * (1 - mean), unadjustedMean: mean }
}

/** Reads the mean of a column. */
export function readMean(moments: Moments, column = 0): ArmReading {
  const mean = moments.count === 0 ? 0 : moments.sums[column]! / moments.count
  return { count: moments.count, mean, variance: covarianceOf(moments, column, column), unadjustedMean: mean }
}

/** Reads the first column's sum ÷ the second's; its variance by the delta method, so events of one customer may depend on each other. */
export function readRatio(moments: Moments): ArmReading {
  const { count, sums } = moments
  if (sums[1] === 0) return { count, mean: 0, variance: 0, unadjustedMean: 0 }
  const mean = sums[0]! / sums[1]!
  const denominator = sums[1]! / count
  const variance =
    (covarianceOf(moments, 0, 0) - 2 * mean * covarianceOf(moments, 0, 1) + mean * mean * covarianceOf(moments, 1, 1)) /
    denominator ** 2
  return { count, mean, variance, unadjustedMean: mean }
}

/** A mean with its standard error and 95 % interval, in the unit of what was averaged. */
export interface Estimate {
  value: number
  error: number
  low: number
  high: number
}

/** The two-sided 95 % quantile of the standard normal distribution. */
export const normal95 = 1.959963984540054

export const estimateOf = (value: number, error: number): Estimate => ({
  value,
  error,
  low: value - normal95 * error,
  high: value + normal95 * error,
})

/**
 * The mean of `values` with a standard error that lets values of one cluster (a customer) depend on each other: by the sums of the
 * deviations of each cluster (Liang and Zeger 1986). Without `clusters` every value is its own. Infinite error for fewer than two clusters.
 */
export function clusteredMean(values: ArrayLike<number>, clusters?: readonly string[]): Estimate {
  const count = values.length
  let sum = 0
  for (let n = 0; n < count; n++) sum += values[n]!
  const mean = sum / count
  const deviations = Float64Array.from(values, (value) => value - mean)
  return estimateOf(mean, errorOfMean(deviations, clusters))
}

/** The standard error of a mean whose values deviate from it by `deviations`, or of any estimate with these influences. */
export function errorOfMean(deviations: Float64Array, clusters?: readonly string[]): number {
  const sums = clusters === undefined ? deviations : sumByCluster(deviations, clusters)
  if (sums.length < 2) return Number.POSITIVE_INFINITY
  const squares = sums.reduce((total, value) => total + value * value, 0)
  return Math.sqrt((sums.length / (sums.length - 1)) * squares) / deviations.length
}

function sumByCluster(values: Float64Array, clusters: readonly string[]): Float64Array {
  const sums = new Map<string, number>()
  values.forEach((value, n) => {
    sums.set(clusters[n]!, (sums.get(clusters[n]!) ?? 0) + value)
  })
  return Float64Array.from(sums.values())
}

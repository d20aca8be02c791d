/** Returns the middle value, or the mean of the two in the middle; `null` of nothing. */
export function median(values: readonly number[]): number | null {
  if (values.length === 0) return null
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2
}

export interface Spread {
  median: number
  least: number
  most: number
}

/** Returns the median with the least and the most; `null` of nothing. */
export function spreadOf(values: readonly number[]): Spread | null {
  const middle = median(values)
  return middle === null ? null : { median: middle, least: Math.min(...values), most: Math.max(...values) }
}

/** Returns the ratios of the repeats that both measured, in order: `null` stands for a repeat without a figure. */
export function pairedRatios(ours: readonly (number | null)[], theirs: readonly (number | null)[]): number[] {
  return ours.flatMap((value, repeat) => {
    const other = theirs[repeat] ?? null
    return value === null || other === null || other <= 0 ? [] : [value / other]
  })
}

/** Returns the largest distance from 1 among the medians of ratios that should be 1; `null` without any. */
export function noiseOf(ratios: readonly (Spread | null)[]): number | null {
  const distances = ratios.flatMap((ratio) => (ratio === null ? [] : [Math.abs(ratio.median - 1)]))
  return distances.length === 0 ? null : Math.max(...distances)
}

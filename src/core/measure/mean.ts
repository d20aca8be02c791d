/** The mean of independent values and its standard error (0 for fewer than two); both 0 for none. */
export function meanWithError(values: readonly number[]): { mean: number; error: number } {
  const n = values.length
  if (n === 0) return { mean: 0, error: 0 }
  const mean = values.reduce((sum, value) => sum + value, 0) / n
  if (n === 1) return { mean, error: 0 }
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (n - 1)
  return { mean, error: Math.sqrt(variance / n) }
}

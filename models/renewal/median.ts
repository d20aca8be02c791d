/** Returns the upper median; `undefined` of nothing. */
export function medianOf(values: readonly number[]): number | undefined {
  const sorted = Float64Array.from(values).sort()
  return sorted[Math.floor(sorted.length / 2)]
}

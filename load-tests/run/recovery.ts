import type { Figures } from "../summary.ts"

/**
 * Seconds from `endSecond` until answers are back: the first of two periods in a row that refuse nobody and whose p99 is in
 * budget; `null` when that never happens.
 */
export function recoverySeconds(
  { periods, periodSeconds }: Pick<Figures, "periods" | "periodSeconds">,
  endSecond: number,
  p99Ms: number,
): number | null {
  const isWell = (n: number) => {
    const period = periods[n]
    return period !== undefined && period.count > 0 && period.refused === 0 && (period.quantilesMs["99"] ?? 0) <= p99Ms
  }
  for (let n = Math.ceil(endSecond / periodSeconds); n + 1 < periods.length; n++) {
    if (isWell(n) && isWell(n + 1)) return n * periodSeconds - endSecond
  }
  return null
}

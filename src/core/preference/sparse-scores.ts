import { bestRows, offerRow, takeBest } from "./best-rows.ts"

/** Scores of a few of all rows: `values` has one a row, 0 but for the first `count` of `rows`; reused from question to question. */
export interface SparseScores {
  readonly values: Float32Array
  readonly rows: Int32Array
  count: number
}

export const sparseScores = (items: number): SparseScores => ({
  values: new Float32Array(items),
  rows: new Int32Array(items),
  count: 0,
})

/** Adds a positive score to a row. */
export function addScore(scores: SparseScores, row: number, score: number): void {
  const before = scores.values[row]!
  scores.values[row] = before + score
  if (before === 0 && scores.values[row] !== 0) scores.rows[scores.count++] = row
}

/** Makes all scores 0 again, at the cost of those that are not. */
export function clearScores(scores: SparseScores): void {
  const { values, rows, count } = scores
  for (let n = 0; n < count; n++) values[rows[n]!] = 0
  scores.count = 0
}

/** The best `limit` of the scored rows that are allowed (mask, 1 = yes), best first; equal scores by row. */
export function topScores({ values, rows, count }: SparseScores, allowed: Uint8Array, limit: number): Int32Array {
  const most = Math.max(0, Math.min(limit, count))
  const best = bestRows(most)
  for (let n = 0; n < count; n++) {
    const row = rows[n]!
    if (allowed[row] === 1 && values[row]! > 0) offerRow(best, most, row, values[row]!)
  }
  return takeBest(best)
}

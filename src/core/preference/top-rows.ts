import { bestRows, offerRow, takeBest } from "./best-rows.ts"

/** The `limit` eligible rows (mask, 1 = yes) of highest score, best first; equal scores keep the order of rows. */
export function topRows(scores: Float32Array, eligible: Uint8Array, limit: number): number[] {
  const most = Math.max(0, Math.min(limit, scores.length))
  const best = bestRows(most)
  const kept = best.scores
  for (let row = 0; row < scores.length; row++) {
    if (eligible[row] !== 1) continue
    const score = scores[row]!
    if (best.size < most || score > kept[0]!) offerRow(best, most, row, score)
  }
  return [...takeBest(best)]
}

/** The `limit` eligible rows of highest score, best first; equal scores keep the order of rows. */
export function topRows(scores: Float32Array, eligible: Uint8Array, limit: number): number[] {
  const top: number[] = []
  for (let row = 0; row < scores.length; row++) {
    if (eligible[row] === 0) continue
    const score = scores[row]!
    if (top.length >= limit && !(score > scores[top[top.length - 1]!]!)) continue
    let place = top.length < limit ? top.length : limit - 1
    while (place > 0 && scores[top[place - 1]!]! < score) {
      top[place] = top[place - 1]!
      place--
    }
    if (place < limit) top[place] = row
  }
  return top
}

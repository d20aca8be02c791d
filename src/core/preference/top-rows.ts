/** The `limit` eligible rows (mask, 1 = yes) of highest score, best first; equal scores keep the order of rows. */
export function topRows(scores: Float32Array, eligible: Uint8Array, limit: number): number[] {
  const heap: number[] = []
  if (limit <= 0) return heap
  for (let row = 0; row < scores.length; row++) {
    if (eligible[row] !== 1) continue
    if (heap.length < limit) rise(heap, row, scores)
    else if (scores[row]! > scores[heap[0]!]!) sinkRoot(heap, row, scores)
  }
  return heap.sort((a, b) => scores[b]! - scores[a]! || a - b)
}

/** Whether row `a` must leave before row `b`; of equal scores the later row leaves. */
const isWorse = (a: number, b: number, scores: Float32Array): boolean =>
  scores[a]! < scores[b]! || (scores[a] === scores[b] && a > b)

/** Adds a row to the binary heap whose root is the worst. */
function rise(heap: number[], row: number, scores: Float32Array): void {
  let place = heap.length
  heap.push(row)
  while (place > 0) {
    const parent = (place - 1) >> 1
    if (!isWorse(row, heap[parent]!, scores)) break
    heap[place] = heap[parent]!
    place = parent
  }
  heap[place] = row
}

/** Replaces the worst row. */
function sinkRoot(heap: number[], row: number, scores: Float32Array): void {
  let place = 0
  while (2 * place + 1 < heap.length) {
    const left = 2 * place + 1
    const right = left + 1
    const child = right < heap.length && isWorse(heap[right]!, heap[left]!, scores) ? right : left
    if (!isWorse(heap[child]!, row, scores)) break
    heap[place] = heap[child]!
    place = child
  }
  heap[place] = row
}

/** Returns whether entry `a` belongs below entry `b` in the result: a lower score, or the same score at a later row. */
@inline
function worse(scoreA: f32, indexA: i32, scoreB: f32, indexB: i32): bool {
  return scoreA < scoreB || (scoreA == scoreB && indexA > indexB)
}

/** Puts an entry into the root's hole of a heap of `size` whose root is the worst entry. */
function sink(indexes: usize, scores: usize, size: i32, hole: i32, index: i32, score: f32): void {
  let at = hole
  while (true) {
    let child = 2 * at + 1
    if (child >= size) break
    let childScore = load<f32>(scores + (<usize>child << 2))
    let childIndex = load<i32>(indexes + (<usize>child << 2))
    if (child + 1 < size) {
      const rightScore = load<f32>(scores + (<usize>child << 2), 4)
      const rightIndex = load<i32>(indexes + (<usize>child << 2), 4)
      if (worse(rightScore, rightIndex, childScore, childIndex)) {
        child++
        childScore = rightScore
        childIndex = rightIndex
      }
    }
    if (!worse(childScore, childIndex, score, index)) break
    store<f32>(scores + (<usize>at << 2), childScore)
    store<i32>(indexes + (<usize>at << 2), childIndex)
    at = child
  }
  store<f32>(scores + (<usize>at << 2), score)
  store<i32>(indexes + (<usize>at << 2), index)
}

/**
 * The `k` highest of `rows` scores, best first, equal ones by row; `allowed` is 0 or a byte a row, 0 where the row is out.
 * Scores that are not numbers, and minus infinity, are never chosen. Returns how many were found.
 */
export function topK(values: usize, rows: i32, allowed: usize, k: i32, indexes: usize, scores: usize): i32 {
  if (k <= 0) return 0
  for (let slot = 0; slot < k; slot++) {
    store<f32>(scores + (<usize>slot << 2), -Infinity)
    store<i32>(indexes + (<usize>slot << 2), -1)
  }
  let threshold: f32 = -Infinity
  let row = 0
  for (; row + 16 <= rows; row += 16) {
    const at = values + (<usize>row << 2)
    const bar = f32x4.splat(threshold)
    const low = v128.or(f32x4.gt(v128.load(at), bar), f32x4.gt(v128.load(at, 16), bar))
    const high = v128.or(f32x4.gt(v128.load(at, 32), bar), f32x4.gt(v128.load(at, 48), bar))
    if (v128.any_true(v128.or(low, high))) threshold = offer(values, row, row + 16, allowed, k, indexes, scores)
  }
  offer(values, row, rows, allowed, k, indexes, scores)
  return sortBestFirst(indexes, scores, k)
}

/** Offers rows `[from, to)` to the heap; returns the score to beat. */
function offer(values: usize, from: i32, to: i32, allowed: usize, k: i32, indexes: usize, scores: usize): f32 {
  for (let row = from; row < to; row++) {
    const score = load<f32>(values + (<usize>row << 2))
    if (score > load<f32>(scores) && (allowed == 0 || load<u8>(allowed + row) != 0)) {
      sink(indexes, scores, k, 0, row, score)
    }
  }
  return load<f32>(scores)
}

/** Empties the heap from its worst entry to its best, from the back; empty slots (row -1) end up last and are not counted. */
function sortBestFirst(indexes: usize, scores: usize, k: i32): i32 {
  for (let last = k - 1; last > 0; last--) {
    const worstScore = load<f32>(scores)
    const worstIndex = load<i32>(indexes)
    const end = <usize>last << 2
    sink(indexes, scores, last, 0, load<i32>(indexes + end), load<f32>(scores + end))
    store<f32>(scores + end, worstScore)
    store<i32>(indexes + end, worstIndex)
  }
  let found = 0
  while (found < k && load<i32>(indexes + (<usize>found << 2)) >= 0) found++
  return found
}

export type Matrix = readonly (readonly number[])[]

export const dot = (a: readonly number[], b: readonly number[]): number =>
  a.reduce((sum, value, at) => sum + value * b[at]!, 0)

/** Σ weight · x xᵀ over rows, in float64. */
export const weightedGram = (rows: Matrix, weights: readonly number[], size: number): number[][] =>
  square(size, (i, j) => rows.reduce((sum, row, at) => sum + weights[at]! * row[i]! * row[j]!, 0))

export const square = (size: number, cell: (i: number, j: number) => number): number[][] =>
  Array.from({ length: size }, (_, i) => Array.from({ length: size }, (_, j) => cell(i, j)))

/** x of A x = b by Gaussian elimination with pivoting, in float64. */
export function solve(matrix: Matrix, right: readonly number[]): number[] {
  const size = right.length
  const rows = matrix.map((row, at) => [...row, right[at]!])
  for (let column = 0; column < size; column++) {
    let best = column
    for (let row = column; row < size; row++) {
      if (Math.abs(rows[row]![column]!) > Math.abs(rows[best]![column]!)) best = row
    }
    const pivot = rows[best]!
    rows[best] = rows[column]!
    rows[column] = pivot
    for (let row = 0; row < size; row++) {
      if (row === column) continue
      const share = rows[row]![column]! / pivot[column]!
      for (let at = column; at <= size; at++) rows[row]![at]! -= share * pivot[at]!
    }
  }
  return rows.map((row, at) => row[size]! / row[at]!)
}

/** The implicit ALS vector of a row whose entries are (row of `fixed`, confidence), by its definition: (α G + λ I + Σ c x xᵀ)⁻¹ Σ c x. */
export function foldInByDefinition(
  fixed: Matrix,
  entries: readonly { row: number; confidence: number }[],
  unobservedWeight: number,
  regularization: number,
): number[] {
  const size = fixed[0]!.length
  const all = weightedGram(
    fixed,
    fixed.map(() => unobservedWeight),
    size,
  )
  const rows = entries.map(({ row }) => fixed[row]!)
  const confidences = entries.map(({ confidence }) => confidence)
  const own = weightedGram(rows, confidences, size)
  const matrix = square(size, (i, j) => all[i]![j]! + own[i]![j]! + (i === j ? regularization : 0))
  const right = Array.from({ length: size }, (_, at) =>
    rows.reduce((sum, row, entry) => sum + confidences[entry]! * row[at]!, 0),
  )
  return solve(matrix, right)
}

/** The largest difference of two lists, as a share of the largest expected value (at least `floor`). */
export function relativeError(actual: ArrayLike<number>, expected: ArrayLike<number>, floor = 1e-3): number {
  if (actual.length !== expected.length) return Infinity
  let scale = floor
  let difference = 0
  for (let at = 0; at < expected.length; at++) {
    scale = Math.max(scale, Math.abs(expected[at]!))
    const gap = Math.abs(actual[at]! - expected[at]!)
    difference = Number.isNaN(gap) ? Infinity : Math.max(difference, gap)
  }
  return difference / scale
}

/** Item weights of EASE (Steck 2019) on who bought what, items × items, row-major; the diagonal is 0. */
export function fitEase(rows: readonly ReadonlySet<number>[], items: number, ridge: number): Float64Array {
  const gram = new Float64Array(items * items)
  for (const row of rows) for (const a of row) for (const b of row) gram[a * items + b]! += 1
  for (let k = 0; k < items; k++) gram[k * (items + 1)]! += ridge
  const inverse = invert(gram, items)
  return inverse.map((value, at) => {
    const [row, column] = [Math.floor(at / items), at % items]
    return row === column ? 0 : -value / inverse[column * (items + 1)]!
  })
}

/** Gauss-Jordan elimination; a positive definite matrix needs no pivoting. */
function invert(matrix: Float64Array, size: number): Float64Array {
  const a = matrix.slice()
  const inverse = new Float64Array(size * size)
  for (let k = 0; k < size; k++) inverse[k * (size + 1)] = 1
  for (let k = 0; k < size; k++) {
    const scale = 1 / a[k * (size + 1)]!
    for (let c = 0; c < size; c++) {
      a[k * size + c]! *= scale
      inverse[k * size + c]! *= scale
    }
    for (let row = 0; row < size; row++) {
      const factor = a[row * size + k]!
      if (row === k || factor === 0) continue
      for (let c = 0; c < size; c++) {
        a[row * size + c]! -= factor * a[k * size + c]!
        inverse[row * size + c]! -= factor * inverse[k * size + c]!
      }
    }
  }
  return inverse
}

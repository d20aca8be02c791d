import { panel, SUBTRACT } from "./gram"
import { dot } from "./scores"

/** Below this share of its diagonal a pivot is rounding noise: that direction is left out of the solution. */
const NEGLIGIBLE: f32 = 1e-6

/** `target += factor · source` over `bytes` bytes (a multiple of 16). */
@inline
export function addScaled(target: usize, source: usize, factor: f32, bytes: usize): void {
  const f = f32x4.splat(factor)
  for (let at: usize = 0; at < bytes; at += 16) {
    v128.store(target + at, f32x4.add(v128.load(target + at), f32x4.mul(f, v128.load(source + at))))
  }
}

/**
 * Factors a symmetric positive matrix A = UᵀU in place from its upper triangle (float32, stride × stride, stride a multiple
 * of four), four rows at a time; `inverse` receives 1 / U[k][k], 0 for a direction left out.
 */
export function cholesky(matrix: usize, inverse: usize, stride: i32): void {
  const size = <usize>stride
  const rowBytes = size << 2
  for (let k: usize = 0; k < size; k++) store<f32>(inverse + (k << 2), load<f32>(matrix + k * (rowBytes + 4)))
  for (let first: usize = 0; first < size; first += 4) {
    panel(matrix, <i32>first, size, first, matrix, SUBTRACT)
    const corner = matrix + first * (rowBytes + 4)
    const bytes = rowBytes - (first << 2)
    for (let r: usize = 0; r < 4; r++) {
      const row = corner + r * rowBytes
      for (let q: usize = 0; q < r; q++) {
        const above = corner + q * rowBytes
        addScaled(row, above, -load<f32>(above + (r << 2)), bytes)
        store<f32>(row + (q << 2), 0)
      }
      const pivot = load<f32>(row + (r << 2))
      const at = inverse + ((first + r) << 2)
      const scale: f32 = pivot > NEGLIGIBLE * load<f32>(at) ? 1 / sqrt(pivot) : 0
      store<f32>(at, scale)
      const s = f32x4.splat(scale)
      for (let byte: usize = 0; byte < bytes; byte += 16) v128.store(row + byte, f32x4.mul(s, v128.load(row + byte)))
    }
  }
}

/** Solves UᵀU x = b in place: forward, then backward substitution; `x` holds b before and the solution after. */
export function substitute(matrix: usize, inverse: usize, stride: i32, x: usize): void {
  const size = <usize>stride
  const rowBytes = size << 2
  for (let k: usize = 0; k < size; k++) {
    const value = load<f32>(x + (k << 2)) * load<f32>(inverse + (k << 2))
    const block = (k & ~3) << 2
    addScaled(x + block, matrix + k * rowBytes + block, -value, rowBytes - block)
    store<f32>(x + (k << 2), value)
  }
  for (let left = size; left > 0; left--) {
    const k = left - 1
    const value = load<f32>(x + (k << 2))
    store<f32>(x + (k << 2), 0)
    const block = (k & ~3) << 2
    const known = dot(matrix + k * rowBytes + block, x + block, rowBytes - block)
    store<f32>(x + (k << 2), (value - known) * load<f32>(inverse + (k << 2)))
  }
}

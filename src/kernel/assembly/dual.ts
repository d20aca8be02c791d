import { cholesky, substitute } from "./cholesky"
import { confidenceOf } from "./confidence"
import { accumulate } from "./gram"
import { fourSums, transposed0, transposed1, transposed2, transposed3 } from "./scores"

/** Most entries of a row that is solved by a system of its entries instead of its dimensions. */
export const DUAL_ENTRIES = 16

// Scratch, in this order: the system, 1 / diagonal, the solution, 1 / √diagonal of the dimensions, the scaled rows as columns.
const INVERSE: usize = DUAL_ENTRIES * DUAL_ENTRIES * 4
const SOLUTION: usize = INVERSE + DUAL_ENTRIES * 4
const ROOTS: usize = SOLUTION + DUAL_ENTRIES * 4

/** Bytes of scratch that `solveDual` needs. */
export function dualBytes(stride: usize): usize {
  return ROOTS + stride * 4 + stride * DUAL_ENTRIES * 4
}

/**
 * Solves (D + Σ c x xᵀ) w = Σ c x of at most `DUAL_ENTRIES` entries exactly, D = diagonal + regularization · I, as
 * w = D⁻¹Xᵀ (C⁻¹ + X D⁻¹ Xᵀ)⁻¹ 1 (Sherman, Morrison and Woodbury), which costs entries² · dimensions / 2.
 */
export function solveDual(
  from: i32, to: i32, indexes: usize, confidence: usize, fixed: usize, stride: usize, diagonal: usize,
  regularization: f32, target: usize, scratch: usize,
): void {
  const rowBytes = stride << 2
  const size = <usize>((to - from + 3) & ~3)
  const solution = scratch + SOLUTION
  const roots = scratch + ROOTS
  const columns = roots + rowBytes
  const columnBytes = size << 2
  for (let at: usize = 0; at < rowBytes; at += 16) {
    const weight = f32x4.add(f32x4.splat(regularization), v128.load(diagonal + at))
    v128.store(roots + at, f32x4.sqrt(f32x4.div(f32x4.splat(1), weight)))
  }
  memory.fill(scratch, 0, size * columnBytes)
  for (let k: usize = 0; k < size; k++) store<f32>(scratch + k * (columnBytes + 4), 1)
  memory.fill(solution, 0, columnBytes)
  for (let e = from; e < to; e += 4) {
    const column = columns + (<usize>(e - from) << 2)
    let at: usize = 0
    const e1 = min(e + 1, to - 1)
    const e2 = min(e + 2, to - 1)
    const e3 = min(e + 3, to - 1)
    const x0 = fixed + <usize>load<u32>(indexes + (<usize>e << 2)) * rowBytes
    const x1 = fixed + <usize>load<u32>(indexes + (<usize>e1 << 2)) * rowBytes
    const x2 = fixed + <usize>load<u32>(indexes + (<usize>e2 << 2)) * rowBytes
    const x3 = fixed + <usize>load<u32>(indexes + (<usize>e3 << 2)) * rowBytes
    const c0 = confidenceOf(confidence, e)
    const c1 = e + 1 < to ? confidenceOf(confidence, e1) : 0
    const c2 = e + 2 < to ? confidenceOf(confidence, e2) : 0
    const c3 = e + 3 < to ? confidenceOf(confidence, e3) : 0
    const weights = f32x4.sqrt(f32x4(c0, c1, c2, c3))
    v128.store(solution + (<usize>(e - from) << 2), weights)
    for (let row = column; at < rowBytes; at += 16) {
      const root = v128.load(roots + at)
      const a = f32x4.mul(root, v128.load(x0 + at))
      const b = f32x4.mul(root, v128.load(x1 + at))
      const c = f32x4.mul(root, v128.load(x2 + at))
      const d = f32x4.mul(root, v128.load(x3 + at))
      v128.store(row, f32x4.mul(weights, transposed0(a, b, c, d)))
      v128.store(row + columnBytes, f32x4.mul(weights, transposed1(a, b, c, d)))
      v128.store(row + 2 * columnBytes, f32x4.mul(weights, transposed2(a, b, c, d)))
      v128.store(row + 3 * columnBytes, f32x4.mul(weights, transposed3(a, b, c, d)))
      row += 4 * columnBytes
    }
  }
  accumulate(columns, <i32>stride, size, scratch)
  cholesky(scratch, scratch + INVERSE, <i32>size)
  substitute(scratch, scratch + INVERSE, <i32>size, solution)
  let row = columns
  for (let at: usize = 0; at < rowBytes; at += 16) {
    let a = f32x4.splat(0)
    let b = f32x4.splat(0)
    let c = f32x4.splat(0)
    let d = f32x4.splat(0)
    for (let entry: usize = 0; entry < columnBytes; entry += 16) {
      const z = v128.load(solution + entry)
      a = f32x4.add(a, f32x4.mul(z, v128.load(row + entry)))
      b = f32x4.add(b, f32x4.mul(z, v128.load(row + columnBytes + entry)))
      c = f32x4.add(c, f32x4.mul(z, v128.load(row + 2 * columnBytes + entry)))
      d = f32x4.add(d, f32x4.mul(z, v128.load(row + 3 * columnBytes + entry)))
    }
    v128.store(target + at, f32x4.mul(v128.load(roots + at), fourSums(a, b, c, d)))
    row += 4 * columnBytes
  }
}

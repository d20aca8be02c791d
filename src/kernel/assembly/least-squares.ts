import { accumulate, accumulateDouble, BLOCK_ROWS } from "./gram"

/** Above this many entries a row's sums are totalled in float64. */
const LONG_ROW = 4096

// Scratch of one solver, in this order: matrix, inverse, right side, its block sum, packed rows (float32); totals, right total (float64).
@inline
function inverseOf(scratch: usize, stride: usize): usize {
  return scratch + stride * stride * 4
}
@inline
function rightOf(scratch: usize, stride: usize): usize {
  return inverseOf(scratch, stride) + stride * 4
}
@inline
function partOf(scratch: usize, stride: usize): usize {
  return rightOf(scratch, stride) + stride * 4
}
@inline
function blockOf(scratch: usize, stride: usize): usize {
  return partOf(scratch, stride) + stride * 4
}
@inline
function totalsOf(scratch: usize, stride: usize): usize {
  return blockOf(scratch, stride) + stride * BLOCK_ROWS * 4
}
@inline
function rightTotalOf(scratch: usize, stride: usize): usize {
  return totalsOf(scratch, stride) + stride * stride * 8
}

/** Bytes of scratch one solver needs; the factored matrix is at its start, then 1 / diagonal, then the right side. */
export function scratchBytes(stride: i32): i32 {
  return <i32>(rightTotalOf(0, stride) + <usize>stride * 8)
}

/** Copies √c · row of entries `[from, to)` next to each other, and sums c · row into `part`. */
function pack(
  from: i32, to: i32, indexes: usize, confidence: usize, fixed: usize, rowBytes: usize, block: usize, part: usize,
): void {
  memory.fill(part, 0, rowBytes)
  let packed = block
  for (let e = from; e < to; e++) {
    const source = fixed + <usize>load<u32>(indexes + (<usize>e << 2)) * rowBytes
    const weight = load<f32>(confidence + (<usize>e << 2))
    const c = f32x4.splat(weight)
    const root = f32x4.splat(sqrt(weight))
    for (let at: usize = 0; at < rowBytes; at += 16) {
      const value = v128.load(source + at)
      v128.store(packed + at, f32x4.mul(root, value))
      v128.store(part + at, f32x4.add(v128.load(part + at), f32x4.mul(c, value)))
    }
    packed += rowBytes
  }
}

/**
 * Sets scratch to A = base + regularization · I + Σ c x xᵀ and b = Σ c x over entries `[from, to)` of a sparse row, where x is
 * the entry's row of `fixed` (Hu, Koren and Volinsky 2008); base is the weighted Gram's upper triangle, float32.
 */
export function normalEquations(
  from: i32, to: i32, indexes: usize, confidence: usize, fixed: usize, stride: i32, base: usize, regularization: f32,
  scratch: usize,
): void {
  const size = <usize>stride
  const right = rightOf(scratch, size)
  const part = partOf(scratch, size)
  const block = blockOf(scratch, size)
  const totals = totalsOf(scratch, size)
  const rightTotal = rightTotalOf(scratch, size)
  const long = to - from > LONG_ROW
  memory.copy(scratch, base, size * size * 4)
  for (let k: usize = 0; k < size; k++) {
    const diagonal = scratch + k * (size + 1) * 4
    store<f32>(diagonal, load<f32>(diagonal) + regularization)
  }
  memory.fill(rightTotal, 0, size * 8)
  if (long) memory.fill(totals, 0, size * size * 8)
  for (let first = from; first < to; first += BLOCK_ROWS) {
    const last = min(to, first + BLOCK_ROWS)
    pack(first, last, indexes, confidence, fixed, size * 4, block, part)
    for (let k: usize = 0; k < size; k++) {
      const at = rightTotal + k * 8
      store<f64>(at, load<f64>(at) + <f64>load<f32>(part + k * 4))
    }
    if (long) accumulateDouble(block, last - first, size, totals)
    else accumulate(block, last - first, size, scratch)
  }
  for (let k: usize = 0; k < size; k++) store<f32>(right + k * 4, <f32>load<f64>(rightTotal + k * 8))
  if (!long) return
  for (let cell: usize = 0; cell < size * size; cell++) {
    store<f32>(scratch + cell * 4, <f32>(<f64>load<f32>(scratch + cell * 4) + load<f64>(totals + cell * 8)))
  }
}

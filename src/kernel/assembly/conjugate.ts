import { confidenceOf, fourConfidences } from "./confidence"
import { BLOCK_ROWS } from "./gram"
import { dot, fourSums, horizontalSum } from "./scores"

/** A row is solved when what is missing is below this share of it, in the norm of its system. */
const TOLERANCE: f32 = 1e-4

// Scratch, in this order: residual, direction, its product, 1 / diagonal (float32); totals of long rows (float64).
/** Bytes of scratch that `solveConjugate` needs. */
export function conjugateBytes(stride: usize): usize {
  return stride * 4 * 4 + stride * 8
}

/** Adds to `out` the sum of c (observed + sign · x·vector) x over entries `[from, to)`. */
function addEntries(
  from: i32, to: i32, indexes: usize, confidence: usize, fixed: usize, rowBytes: usize, vector: usize, observed: f32,
  sign: f32, out: usize,
): void {
  let e = from
  for (; e + 4 <= to; e += 4) {
    const x0 = fixed + <usize>load<u32>(indexes + (<usize>e << 2)) * rowBytes
    const x1 = fixed + <usize>load<u32>(indexes + (<usize>e << 2), 4) * rowBytes
    const x2 = fixed + <usize>load<u32>(indexes + (<usize>e << 2), 8) * rowBytes
    const x3 = fixed + <usize>load<u32>(indexes + (<usize>e << 2), 12) * rowBytes
    let a = f32x4.splat(0)
    let b = f32x4.splat(0)
    let c = f32x4.splat(0)
    let d = f32x4.splat(0)
    for (let at: usize = 0; at < rowBytes; at += 16) {
      const v = v128.load(vector + at)
      a = f32x4.add(a, f32x4.mul(v, v128.load(x0 + at)))
      b = f32x4.add(b, f32x4.mul(v, v128.load(x1 + at)))
      c = f32x4.add(c, f32x4.mul(v, v128.load(x2 + at)))
      d = f32x4.add(d, f32x4.mul(v, v128.load(x3 + at)))
    }
    const wanted = f32x4.add(f32x4.splat(observed), f32x4.mul(f32x4.splat(sign), fourSums(a, b, c, d)))
    const share = f32x4.mul(fourConfidences(confidence, e), wanted)
    const s0 = v128.shuffle<f32>(share, share, 0, 0, 0, 0)
    const s1 = v128.shuffle<f32>(share, share, 1, 1, 1, 1)
    const s2 = v128.shuffle<f32>(share, share, 2, 2, 2, 2)
    const s3 = v128.shuffle<f32>(share, share, 3, 3, 3, 3)
    for (let at: usize = 0; at < rowBytes; at += 16) {
      const low = f32x4.add(f32x4.mul(s0, v128.load(x0 + at)), f32x4.mul(s1, v128.load(x1 + at)))
      const high = f32x4.add(f32x4.mul(s2, v128.load(x2 + at)), f32x4.mul(s3, v128.load(x3 + at)))
      v128.store(out + at, f32x4.add(v128.load(out + at), f32x4.add(low, high)))
    }
  }
  for (; e < to; e++) {
    const x = fixed + <usize>load<u32>(indexes + (<usize>e << 2)) * rowBytes
    const share = confidenceOf(confidence, e) * (observed + sign * dot(x, vector, rowBytes))
    const s = f32x4.splat(share)
    for (let at: usize = 0; at < rowBytes; at += 16) {
      v128.store(out + at, f32x4.add(v128.load(out + at), f32x4.mul(s, v128.load(x + at))))
    }
  }
}

/** `out = sign · D vector + Σ c (observed + sign · x·vector) x`; blocks are summed in float32, their sums in float64. */
function apply(
  from: i32, to: i32, indexes: usize, confidence: usize, fixed: usize, rowBytes: usize, vector: usize, observed: f32,
  sign: f32, inverse: usize, totals: usize, out: usize,
): void {
  const s = f32x4.splat(sign)
  const last = min(from + BLOCK_ROWS, to)
  memory.fill(out, 0, rowBytes)
  addEntries(from, last, indexes, confidence, fixed, rowBytes, vector, observed, sign, out)
  if (last < to) {
    memory.fill(totals, 0, rowBytes << 1)
    addTotals(totals, out, rowBytes)
    for (let first = last; first < to; first += BLOCK_ROWS) {
      memory.fill(out, 0, rowBytes)
      const end = min(to, first + BLOCK_ROWS)
      addEntries(first, end, indexes, confidence, fixed, rowBytes, vector, observed, sign, out)
      addTotals(totals, out, rowBytes)
    }
    for (let at: usize = 0; at < rowBytes; at += 4) store<f32>(out + at, <f32>load<f64>(totals + (at << 1)))
  }
  for (let at: usize = 0; at < rowBytes; at += 16) {
    const own = f32x4.div(f32x4.mul(s, v128.load(vector + at)), v128.load(inverse + at))
    v128.store(out + at, f32x4.add(own, v128.load(out + at)))
  }
}

@inline
function addTotals(totals: usize, part: usize, rowBytes: usize): void {
  for (let at: usize = 0; at < rowBytes; at += 16) {
    const sum = v128.load(part + at)
    const to = totals + (at << 1)
    v128.store(to, f64x2.add(v128.load(to), f64x2.promote_low_f32x4(sum)))
    const high = v128.shuffle<f32>(sum, sum, 2, 3, 2, 3)
    v128.store(to, f64x2.add(v128.load(to, 16), f64x2.promote_low_f32x4(high)), 16)
  }
}

@inline
function weightedSquare(a: usize, weight: usize, rowBytes: usize): f32 {
  let sums = f32x4.splat(0)
  for (let at: usize = 0; at < rowBytes; at += 16) {
    const v = v128.load(a + at)
    sums = f32x4.add(sums, f32x4.mul(v128.load(weight + at), f32x4.mul(v, v)))
  }
  return horizontalSum(sums)
}

/**
 * Improves `target` as the solution of (D + Σ c x xᵀ) w = Σ c x, D = diagonal + regularization · I, by at most `steps` steps of
 * conjugate gradients preconditioned with D (Hestenes and Stiefel 1952); a step costs 2 · entries · dimensions.
 */
export function solveConjugate(
  from: i32, to: i32, indexes: usize, confidence: usize, fixed: usize, stride: usize, diagonal: usize,
  regularization: f32, steps: i32, target: usize, scratch: usize,
): void {
  const rowBytes = stride << 2
  const residual = scratch
  const direction = residual + rowBytes
  const product = direction + rowBytes
  const inverse = product + rowBytes
  const totals = inverse + rowBytes
  for (let at: usize = 0; at < rowBytes; at += 16) {
    const weight = f32x4.add(f32x4.splat(regularization), v128.load(diagonal + at))
    v128.store(inverse + at, f32x4.div(f32x4.splat(1), weight))
  }
  apply(from, to, indexes, confidence, fixed, rowBytes, target, 1, -1, inverse, totals, residual)
  let missing = weightedSquare(residual, inverse, rowBytes)
  let start = f32x4.splat(0)
  for (let at: usize = 0; at < rowBytes; at += 16) {
    const w = v128.load(target + at)
    start = f32x4.add(start, f32x4.div(f32x4.mul(w, w), v128.load(inverse + at)))
    v128.store(direction + at, f32x4.mul(v128.load(inverse + at), v128.load(residual + at)))
  }
  let known = horizontalSum(start)
  for (let step = 0; step < steps; step++) {
    if (!(missing > TOLERANCE * TOLERANCE * known)) return
    apply(from, to, indexes, confidence, fixed, rowBytes, direction, 0, 1, inverse, totals, product)
    const curvature = dot(direction, product, rowBytes)
    if (!(curvature > 0)) return
    const length = missing / curvature
    const l = f32x4.splat(length)
    for (let at: usize = 0; at < rowBytes; at += 16) {
      v128.store(target + at, f32x4.add(v128.load(target + at), f32x4.mul(l, v128.load(direction + at))))
      v128.store(residual + at, f32x4.sub(v128.load(residual + at), f32x4.mul(l, v128.load(product + at))))
    }
    known += length * missing
    const left = weightedSquare(residual, inverse, rowBytes)
    const keep = f32x4.splat(left / missing)
    missing = left
    for (let at: usize = 0; at < rowBytes; at += 16) {
      const fresh = f32x4.mul(v128.load(inverse + at), v128.load(residual + at))
      v128.store(direction + at, f32x4.add(fresh, f32x4.mul(keep, v128.load(direction + at))))
    }
  }
}

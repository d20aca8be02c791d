import { dot, fourSums } from "./scores"

/**
 * `out[i][j] = left[i] · right[j]`, rows of `stride` floats, `outStride` floats from one row of `out` to the next; two rows by four
 * share their loads.
 */
export function products(
  left: usize,
  leftRows: i32,
  right: usize,
  rightRows: i32,
  stride: i32,
  out: usize,
  outStride: i32,
): void {
  const rowBytes = <usize>stride << 2
  const outBytes = <usize>outStride << 2
  const fours = <usize>(rightRows & ~3)
  const pairs = <usize>(leftRows & ~1)
  for (let j: usize = 0; j < fours; j += 4) {
    const b = right + j * rowBytes
    const to = out + (j << 2)
    for (let i: usize = 0; i < pairs; i += 2) {
      const a = left + i * rowBytes
      twoByFour(a, a + rowBytes, b, rowBytes, to + i * outBytes, outBytes)
    }
    if (pairs < <usize>leftRows) oneByFour(left + pairs * rowBytes, b, rowBytes, to + pairs * outBytes)
  }
  for (let j = fours; j < <usize>rightRows; j++) {
    const b = right + j * rowBytes
    for (let i: usize = 0; i < <usize>leftRows; i++) store<f32>(out + i * outBytes + (j << 2), dot(left + i * rowBytes, b, rowBytes))
  }
}

@inline
function twoByFour(a0: usize, a1: usize, b: usize, rowBytes: usize, to: usize, outBytes: usize): void {
  const b1 = b + rowBytes
  const b2 = b1 + rowBytes
  const b3 = b2 + rowBytes
  let s0 = f32x4.splat(0)
  let s1 = f32x4.splat(0)
  let s2 = f32x4.splat(0)
  let s3 = f32x4.splat(0)
  let t0 = f32x4.splat(0)
  let t1 = f32x4.splat(0)
  let t2 = f32x4.splat(0)
  let t3 = f32x4.splat(0)
  for (let at: usize = 0; at < rowBytes; at += 16) {
    const first = v128.load(a0 + at)
    const second = v128.load(a1 + at)
    const c0 = v128.load(b + at)
    s0 = f32x4.add(s0, f32x4.mul(first, c0))
    t0 = f32x4.add(t0, f32x4.mul(second, c0))
    const c1 = v128.load(b1 + at)
    s1 = f32x4.add(s1, f32x4.mul(first, c1))
    t1 = f32x4.add(t1, f32x4.mul(second, c1))
    const c2 = v128.load(b2 + at)
    s2 = f32x4.add(s2, f32x4.mul(first, c2))
    t2 = f32x4.add(t2, f32x4.mul(second, c2))
    const c3 = v128.load(b3 + at)
    s3 = f32x4.add(s3, f32x4.mul(first, c3))
    t3 = f32x4.add(t3, f32x4.mul(second, c3))
  }
  v128.store(to, fourSums(s0, s1, s2, s3))
  v128.store(to + outBytes, fourSums(t0, t1, t2, t3))
}

@inline
function oneByFour(a: usize, b: usize, rowBytes: usize, to: usize): void {
  const b1 = b + rowBytes
  const b2 = b1 + rowBytes
  const b3 = b2 + rowBytes
  let s0 = f32x4.splat(0)
  let s1 = f32x4.splat(0)
  let s2 = f32x4.splat(0)
  let s3 = f32x4.splat(0)
  for (let at: usize = 0; at < rowBytes; at += 16) {
    const v = v128.load(a + at)
    s0 = f32x4.add(s0, f32x4.mul(v, v128.load(b + at)))
    s1 = f32x4.add(s1, f32x4.mul(v, v128.load(b1 + at)))
    s2 = f32x4.add(s2, f32x4.mul(v, v128.load(b2 + at)))
    s3 = f32x4.add(s3, f32x4.mul(v, v128.load(b3 + at)))
  }
  v128.store(to, fourSums(s0, s1, s2, s3))
}

@inline
export function horizontalSum(v: v128): f32 {
  const pairs = f32x4.add(v, v128.shuffle<f32>(v, v, 2, 3, 0, 1))
  return f32x4.extract_lane(pairs, 0) + f32x4.extract_lane(pairs, 1)
}

/** The largest absolute value of a float32 vector of `rowBytes` bytes (a multiple of 16). */
export function largest(vector: usize, rowBytes: usize): f32 {
  let most = f32x4.splat(0)
  for (let at: usize = 0; at < rowBytes; at += 16) most = f32x4.max(most, f32x4.abs(v128.load(vector + at)))
  const pairs = f32x4.max(most, v128.shuffle<f32>(most, most, 2, 3, 0, 1))
  return max(f32x4.extract_lane(pairs, 0), f32x4.extract_lane(pairs, 1))
}

/** The dot product of two float32 vectors of `rowBytes` bytes (a multiple of 16). */
@inline
export function dot(a: usize, b: usize, rowBytes: usize): f32 {
  let even = f32x4.splat(0)
  let odd = f32x4.splat(0)
  let at: usize = 0
  for (; at + 32 <= rowBytes; at += 32) {
    even = f32x4.add(even, f32x4.mul(v128.load(a + at), v128.load(b + at)))
    odd = f32x4.add(odd, f32x4.mul(v128.load(a + at, 16), v128.load(b + at, 16)))
  }
  if (at < rowBytes) even = f32x4.add(even, f32x4.mul(v128.load(a + at), v128.load(b + at)))
  return horizontalSum(f32x4.add(even, odd))
}

/** Four sums of four accumulators at once, by transposing. */
@inline
export function fourSums(a: v128, b: v128, c: v128, d: v128): v128 {
  const ab = f32x4.add(v128.shuffle<f32>(a, b, 0, 4, 1, 5), v128.shuffle<f32>(a, b, 2, 6, 3, 7))
  const cd = f32x4.add(v128.shuffle<f32>(c, d, 0, 4, 1, 5), v128.shuffle<f32>(c, d, 2, 6, 3, 7))
  return f32x4.add(v128.shuffle<f32>(ab, cd, 0, 1, 4, 5), v128.shuffle<f32>(ab, cd, 2, 3, 6, 7))
}

/** The first to fourth lanes of four vectors. */
@inline
export function transposed0(a: v128, b: v128, c: v128, d: v128): v128 {
  return v128.shuffle<f32>(v128.shuffle<f32>(a, b, 0, 4, 1, 5), v128.shuffle<f32>(c, d, 0, 4, 1, 5), 0, 1, 4, 5)
}
@inline
export function transposed1(a: v128, b: v128, c: v128, d: v128): v128 {
  return v128.shuffle<f32>(v128.shuffle<f32>(a, b, 0, 4, 1, 5), v128.shuffle<f32>(c, d, 0, 4, 1, 5), 2, 3, 6, 7)
}
@inline
export function transposed2(a: v128, b: v128, c: v128, d: v128): v128 {
  return v128.shuffle<f32>(v128.shuffle<f32>(a, b, 2, 6, 3, 7), v128.shuffle<f32>(c, d, 2, 6, 3, 7), 0, 1, 4, 5)
}
@inline
export function transposed3(a: v128, b: v128, c: v128, d: v128): v128 {
  return v128.shuffle<f32>(v128.shuffle<f32>(a, b, 2, 6, 3, 7), v128.shuffle<f32>(c, d, 2, 6, 3, 7), 2, 3, 6, 7)
}

/**
 * `out[r] = matrix[r] · vector` for every row: a row from each quarter of the matrix shares the loads of the vector, and
 * memory is read in four sequential streams, which prefetching follows (eight neighbouring rows took three times as long).
 */
export function scores(matrix: usize, rows: i32, stride: i32, vector: usize, out: usize): void {
  const rowBytes = <usize>stride << 2
  const quarter = <usize>(rows >> 2)
  const band = quarter * rowBytes
  const outBand = quarter << 2
  for (let step: usize = 0; step < quarter; step++) {
    const r0 = matrix + step * rowBytes
    const r1 = r0 + band
    const r2 = r1 + band
    const r3 = r2 + band
    let s0 = f32x4.splat(0)
    let s1 = f32x4.splat(0)
    let s2 = f32x4.splat(0)
    let s3 = f32x4.splat(0)
    for (let at: usize = 0; at < rowBytes; at += 16) {
      const v = v128.load(vector + at)
      s0 = f32x4.add(s0, f32x4.mul(v, v128.load(r0 + at)))
      s1 = f32x4.add(s1, f32x4.mul(v, v128.load(r1 + at)))
      s2 = f32x4.add(s2, f32x4.mul(v, v128.load(r2 + at)))
      s3 = f32x4.add(s3, f32x4.mul(v, v128.load(r3 + at)))
    }
    const sums = fourSums(s0, s1, s2, s3)
    const to = out + (step << 2)
    v128.store_lane<f32>(to, sums, 0)
    v128.store_lane<f32>(to + outBand, sums, 1)
    v128.store_lane<f32>(to + 2 * outBand, sums, 2)
    v128.store_lane<f32>(to + 3 * outBand, sums, 3)
  }
  for (let row = quarter << 2; row < <usize>rows; row++) {
    store<f32>(out + (row << 2), dot(matrix + row * rowBytes, vector, rowBytes))
  }
}

/** `out[e] = matrix[indexes[e]] · vector` for `count` chosen rows. */
export function gatherScores(matrix: usize, indexes: usize, count: i32, stride: i32, vector: usize, out: usize): void {
  const rowBytes = <usize>stride << 2
  for (let e = 0; e < count; e++) {
    const row = matrix + <usize>load<u32>(indexes + (<usize>e << 2)) * rowBytes
    store<f32>(out + (<usize>e << 2), dot(row, vector, rowBytes))
  }
}

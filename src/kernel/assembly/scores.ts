@inline
export function horizontalSum(v: v128): f32 {
  const pairs = f32x4.add(v, v128.shuffle<f32>(v, v, 2, 3, 0, 1))
  return f32x4.extract_lane(pairs, 0) + f32x4.extract_lane(pairs, 1)
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
function fourSums(a: v128, b: v128, c: v128, d: v128): v128 {
  const ab = f32x4.add(v128.shuffle<f32>(a, b, 0, 4, 1, 5), v128.shuffle<f32>(a, b, 2, 6, 3, 7))
  const cd = f32x4.add(v128.shuffle<f32>(c, d, 0, 4, 1, 5), v128.shuffle<f32>(c, d, 2, 6, 3, 7))
  return f32x4.add(v128.shuffle<f32>(ab, cd, 0, 1, 4, 5), v128.shuffle<f32>(ab, cd, 2, 3, 6, 7))
}

/** `out[r] = matrix[r] · vector` for every row: eight rows share each load of the vector and hide the latency of addition. */
export function scores(matrix: usize, rows: i32, stride: i32, vector: usize, out: usize): void {
  const rowBytes = <usize>stride << 2
  let row = matrix
  let left = rows
  for (; left >= 8; left -= 8) {
    const r1 = row + rowBytes
    const r2 = r1 + rowBytes
    const r3 = r2 + rowBytes
    const r4 = r3 + rowBytes
    const r5 = r4 + rowBytes
    const r6 = r5 + rowBytes
    const r7 = r6 + rowBytes
    let s0 = f32x4.splat(0)
    let s1 = f32x4.splat(0)
    let s2 = f32x4.splat(0)
    let s3 = f32x4.splat(0)
    let s4 = f32x4.splat(0)
    let s5 = f32x4.splat(0)
    let s6 = f32x4.splat(0)
    let s7 = f32x4.splat(0)
    for (let at: usize = 0; at < rowBytes; at += 16) {
      const v = v128.load(vector + at)
      s0 = f32x4.add(s0, f32x4.mul(v, v128.load(row + at)))
      s1 = f32x4.add(s1, f32x4.mul(v, v128.load(r1 + at)))
      s2 = f32x4.add(s2, f32x4.mul(v, v128.load(r2 + at)))
      s3 = f32x4.add(s3, f32x4.mul(v, v128.load(r3 + at)))
      s4 = f32x4.add(s4, f32x4.mul(v, v128.load(r4 + at)))
      s5 = f32x4.add(s5, f32x4.mul(v, v128.load(r5 + at)))
      s6 = f32x4.add(s6, f32x4.mul(v, v128.load(r6 + at)))
      s7 = f32x4.add(s7, f32x4.mul(v, v128.load(r7 + at)))
    }
    v128.store(out, fourSums(s0, s1, s2, s3))
    v128.store(out, fourSums(s4, s5, s6, s7), 16)
    out += 32
    row = r7 + rowBytes
  }
  for (; left > 0; left--) {
    store<f32>(out, dot(row, vector, rowBytes))
    out += 4
    row += rowBytes
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

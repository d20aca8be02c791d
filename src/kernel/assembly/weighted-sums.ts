/** Two vectors of four columns of one row of `out`. */
@inline
function addPair(to: usize, a: v128, b: v128): void {
  v128.store(to, f32x4.add(v128.load(to), a))
  v128.store(to, f32x4.add(v128.load(to, 16), b), 16)
}

/** Four rows by eight columns. */
@inline
function wide(weights: usize, weightBytes: usize, matrix: usize, rows: i32, rowBytes: usize, to: usize): void {
  let a0 = f32x4.splat(0)
  let a1 = f32x4.splat(0)
  let a2 = f32x4.splat(0)
  let a3 = f32x4.splat(0)
  let b0 = f32x4.splat(0)
  let b1 = f32x4.splat(0)
  let b2 = f32x4.splat(0)
  let b3 = f32x4.splat(0)
  const w1 = weights + weightBytes
  const w2 = w1 + weightBytes
  const w3 = w2 + weightBytes
  for (let at: usize = 0; at < <usize>rows << 2; at += 4) {
    const a = v128.load(matrix)
    const b = v128.load(matrix, 16)
    let w = v128.load32_splat(weights + at)
    a0 = f32x4.add(a0, f32x4.mul(w, a))
    b0 = f32x4.add(b0, f32x4.mul(w, b))
    w = v128.load32_splat(w1 + at)
    a1 = f32x4.add(a1, f32x4.mul(w, a))
    b1 = f32x4.add(b1, f32x4.mul(w, b))
    w = v128.load32_splat(w2 + at)
    a2 = f32x4.add(a2, f32x4.mul(w, a))
    b2 = f32x4.add(b2, f32x4.mul(w, b))
    w = v128.load32_splat(w3 + at)
    a3 = f32x4.add(a3, f32x4.mul(w, a))
    b3 = f32x4.add(b3, f32x4.mul(w, b))
    matrix += rowBytes
  }
  addPair(to, a0, b0)
  addPair(to + rowBytes, a1, b1)
  addPair(to + 2 * rowBytes, a2, b2)
  addPair(to + 3 * rowBytes, a3, b3)
}

/** One row by four columns. */
@inline
function narrow(weights: usize, matrix: usize, rows: i32, rowBytes: usize, to: usize): void {
  let sum = f32x4.splat(0)
  for (let at: usize = 0; at < <usize>rows << 2; at += 4) {
    sum = f32x4.add(sum, f32x4.mul(v128.load32_splat(weights + at), v128.load(matrix)))
    matrix += rowBytes
  }
  v128.store(to, f32x4.add(v128.load(to), sum))
}

/** `out[i] += Σ weights[i][n] · matrix[n]` over the `rows` rows of the matrix, for `sums` rows of weights; rows of `out` are of `stride` floats too. */
export function addWeightedSums(
  weights: usize,
  sums: i32,
  weightStride: i32,
  matrix: usize,
  rows: i32,
  stride: i32,
  out: usize,
): void {
  const rowBytes = <usize>stride << 2
  const weightBytes = <usize>weightStride << 2
  let i: usize = 0
  for (; i + 4 <= <usize>sums; i += 4) {
    const own = weights + i * weightBytes
    const to = out + i * rowBytes
    let at: usize = 0
    for (; at + 32 <= rowBytes; at += 32) wide(own, weightBytes, matrix + at, rows, rowBytes, to + at)
    if (at < rowBytes) {
      for (let k: usize = 0; k < 4; k++) {
        narrow(own + k * weightBytes, matrix + at, rows, rowBytes, to + k * rowBytes + at)
      }
    }
  }
  for (; i < <usize>sums; i++) {
    for (let at: usize = 0; at < rowBytes; at += 16) {
      narrow(weights + i * weightBytes, matrix + at, rows, rowBytes, out + i * rowBytes + at)
    }
  }
}

/** `out += Σ weights[e] · matrix[indexes[e]]` over `count` entries, for one row of `stride` floats. */
export function addGathered(
  indexes: usize,
  weights: usize,
  count: i32,
  matrix: usize,
  stride: i32,
  out: usize,
): void {
  const rowBytes = <usize>stride << 2
  let at: usize = 0
  for (; at + 64 <= rowBytes; at += 64) {
    let a = v128.load(out + at)
    let b = v128.load(out + at, 16)
    let c = v128.load(out + at, 32)
    let d = v128.load(out + at, 48)
    for (let e: usize = 0; e < <usize>count << 2; e += 4) {
      const row = matrix + <usize>load<u32>(indexes + e) * rowBytes + at
      const w = v128.load32_splat(weights + e)
      a = f32x4.add(a, f32x4.mul(w, v128.load(row)))
      b = f32x4.add(b, f32x4.mul(w, v128.load(row, 16)))
      c = f32x4.add(c, f32x4.mul(w, v128.load(row, 32)))
      d = f32x4.add(d, f32x4.mul(w, v128.load(row, 48)))
    }
    v128.store(out + at, a)
    v128.store(out + at, b, 16)
    v128.store(out + at, c, 32)
    v128.store(out + at, d, 48)
  }
  for (; at < rowBytes; at += 16) {
    let sum = v128.load(out + at)
    for (let e: usize = 0; e < <usize>count << 2; e += 4) {
      const row = matrix + <usize>load<u32>(indexes + e) * rowBytes + at
      sum = f32x4.add(sum, f32x4.mul(v128.load32_splat(weights + e), v128.load(row)))
    }
    v128.store(out + at, sum)
  }
}

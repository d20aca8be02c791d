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

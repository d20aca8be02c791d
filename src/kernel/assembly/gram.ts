/** Uses of a product: added to, or subtracted from, a float32 matrix, or added to a float64 one. */
export const ADD = 0
export const SUBTRACT = 1
export const ADD_DOUBLE = 2

/** Rows summed in float32 before a total takes them. */
export const BLOCK_ROWS = 128

@inline
function put(out: usize, at: usize, sum: v128, how: i32): void {
  if (how == ADD) {
    v128.store(out + (at << 2), f32x4.add(v128.load(out + (at << 2)), sum))
  } else if (how == SUBTRACT) {
    v128.store(out + (at << 2), f32x4.sub(v128.load(out + (at << 2)), sum))
  } else {
    const to = out + (at << 3)
    v128.store(to, f64x2.add(v128.load(to), f64x2.promote_low_f32x4(sum)))
    const high = v128.shuffle<f32>(sum, sum, 2, 3, 2, 3)
    v128.store(to, f64x2.add(v128.load(to, 16), f64x2.promote_low_f32x4(high)), 16)
  }
}

/** Rows i … i+3, columns j … j+7 of blockᵀ · block, held in eight registers. */
@inline
function wideTile(block: usize, rows: i32, stride: usize, i: usize, j: usize, out: usize, how: i32): void {
  let a0 = f32x4.splat(0)
  let a1 = f32x4.splat(0)
  let a2 = f32x4.splat(0)
  let a3 = f32x4.splat(0)
  let b0 = f32x4.splat(0)
  let b1 = f32x4.splat(0)
  let b2 = f32x4.splat(0)
  let b3 = f32x4.splat(0)
  let left = block + (i << 2)
  let right = block + (j << 2)
  for (let row = 0; row < rows; row++) {
    const a = v128.load(right)
    const b = v128.load(right, 16)
    const s0 = v128.load32_splat(left)
    a0 = f32x4.add(a0, f32x4.mul(s0, a))
    b0 = f32x4.add(b0, f32x4.mul(s0, b))
    const s1 = v128.load32_splat(left, 4)
    a1 = f32x4.add(a1, f32x4.mul(s1, a))
    b1 = f32x4.add(b1, f32x4.mul(s1, b))
    const s2 = v128.load32_splat(left, 8)
    a2 = f32x4.add(a2, f32x4.mul(s2, a))
    b2 = f32x4.add(b2, f32x4.mul(s2, b))
    const s3 = v128.load32_splat(left, 12)
    a3 = f32x4.add(a3, f32x4.mul(s3, a))
    b3 = f32x4.add(b3, f32x4.mul(s3, b))
    left += stride << 2
    right += stride << 2
  }
  const at = i * stride + j
  put(out, at, a0, how)
  put(out, at + 4, b0, how)
  put(out, at + stride, a1, how)
  put(out, at + stride + 4, b1, how)
  put(out, at + 2 * stride, a2, how)
  put(out, at + 2 * stride + 4, b2, how)
  put(out, at + 3 * stride, a3, how)
  put(out, at + 3 * stride + 4, b3, how)
}

/** Rows i … i+3, columns j … j+3: what is left at the right edge. */
@inline
function narrowTile(block: usize, rows: i32, stride: usize, i: usize, j: usize, out: usize, how: i32): void {
  let a0 = f32x4.splat(0)
  let a1 = f32x4.splat(0)
  let a2 = f32x4.splat(0)
  let a3 = f32x4.splat(0)
  let left = block + (i << 2)
  let right = block + (j << 2)
  for (let row = 0; row < rows; row++) {
    const a = v128.load(right)
    a0 = f32x4.add(a0, f32x4.mul(v128.load32_splat(left), a))
    a1 = f32x4.add(a1, f32x4.mul(v128.load32_splat(left, 4), a))
    a2 = f32x4.add(a2, f32x4.mul(v128.load32_splat(left, 8), a))
    a3 = f32x4.add(a3, f32x4.mul(v128.load32_splat(left, 12), a))
    left += stride << 2
    right += stride << 2
  }
  const at = i * stride + j
  put(out, at, a0, how)
  put(out, at + stride, a1, how)
  put(out, at + 2 * stride, a2, how)
  put(out, at + 3 * stride, a3, how)
}

/** Four rows i … i+3 of blockᵀ · block from column i on; `out` is a stride × stride matrix. */
@inline
export function panel(block: usize, rows: i32, stride: usize, i: usize, out: usize, how: i32): void {
  let j = i
  for (; j + 8 <= stride; j += 8) wideTile(block, rows, stride, i, j, out, how)
  if (j < stride) narrowTile(block, rows, stride, i, j, out, how)
}

/** Adds blockᵀ · block to the upper triangle of a float32 matrix. */
export function accumulate(block: usize, rows: i32, stride: usize, out: usize): void {
  for (let i: usize = 0; i < stride; i += 4) panel(block, rows, stride, i, out, ADD)
}

/** Adds blockᵀ · block to the upper triangle of a float64 matrix. */
export function accumulateDouble(block: usize, rows: i32, stride: usize, out: usize): void {
  for (let i: usize = 0; i < stride; i += 4) panel(block, rows, stride, i, out, ADD_DOUBLE)
}

/** Adds XᵀX of rows `[from, to)` to the upper triangle (in blocks of four columns) of a float64 matrix, stride × stride. */
export function gram(matrix: usize, from: i32, to: i32, stride: i32, out: usize): void {
  for (let row = from; row < to; row += BLOCK_ROWS) {
    const block = matrix + <usize>row * (<usize>stride << 2)
    accumulateDouble(block, min(BLOCK_ROWS, to - row), stride, out)
  }
}

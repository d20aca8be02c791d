/** Rows turned at a time; their old values wait in scratch. */
const ROTATED_ROWS: usize = 32

/** Bytes of scratch that `rotate` needs. */
export function rotatedBytes(stride: usize): usize {
  return 2 * ROTATED_ROWS * stride * 4
}

/** Columns of a rotation that lie together: it is stored as panels of eight columns, rows × 8, the last one padded with zeros. */
export function rotationBytes(stride: i32): i32 {
  return stride * ((stride + 7) & ~7) * 4
}

/** Four rows of x · panel, eight columns of them. */
@inline
function rotatedTile(x: usize, panel: usize, rowBytes: usize, out: usize, wide: bool): void {
  let a0 = f32x4.splat(0)
  let a1 = f32x4.splat(0)
  let a2 = f32x4.splat(0)
  let a3 = f32x4.splat(0)
  let b0 = f32x4.splat(0)
  let b1 = f32x4.splat(0)
  let b2 = f32x4.splat(0)
  let b3 = f32x4.splat(0)
  const x1 = x + rowBytes
  const x2 = x1 + rowBytes
  const x3 = x2 + rowBytes
  let q = panel
  for (let at: usize = 0; at < rowBytes; at += 4) {
    const a = v128.load(q)
    const b = v128.load(q, 16)
    const s0 = v128.load32_splat(x + at)
    a0 = f32x4.add(a0, f32x4.mul(s0, a))
    b0 = f32x4.add(b0, f32x4.mul(s0, b))
    const s1 = v128.load32_splat(x1 + at)
    a1 = f32x4.add(a1, f32x4.mul(s1, a))
    b1 = f32x4.add(b1, f32x4.mul(s1, b))
    const s2 = v128.load32_splat(x2 + at)
    a2 = f32x4.add(a2, f32x4.mul(s2, a))
    b2 = f32x4.add(b2, f32x4.mul(s2, b))
    const s3 = v128.load32_splat(x3 + at)
    a3 = f32x4.add(a3, f32x4.mul(s3, a))
    b3 = f32x4.add(b3, f32x4.mul(s3, b))
    q += 32
  }
  v128.store(out, a0)
  v128.store(out + rowBytes, a1)
  v128.store(out + 2 * rowBytes, a2)
  v128.store(out + 3 * rowBytes, a3)
  if (!wide) return
  v128.store(out, b0, 16)
  v128.store(out + rowBytes, b1, 16)
  v128.store(out + 2 * rowBytes, b2, 16)
  v128.store(out + 3 * rowBytes, b3, 16)
}

/** Replaces rows `[from, to)` of a float32 matrix by row · rotation, in place. */
export function rotate(matrix: usize, from: i32, to: i32, stride: i32, rotation: usize, scratch: usize): void {
  const rowBytes = <usize>stride << 2
  const turned = scratch + ROTATED_ROWS * rowBytes
  for (let first = <usize>from; first < <usize>to; first += ROTATED_ROWS) {
    const rows = min(ROTATED_ROWS, <usize>to - first)
    const target = matrix + first * rowBytes
    memory.copy(scratch, target, rows * rowBytes)
    for (let column: usize = 0; column < <usize>stride; column += 8) {
      const panel = rotation + column * rowBytes
      const wide = column + 8 <= <usize>stride
      for (let row: usize = 0; row < rows; row += 4) {
        rotatedTile(scratch + row * rowBytes, panel, rowBytes, turned + row * rowBytes + (column << 2), wide)
      }
    }
    memory.copy(target, turned, rows * rowBytes)
  }
}

import { largest } from "./scores"

/**
 * Writes every float32 row as signed bytes, `byteStride` of them (a multiple of 16, at least `stride`, padded with zeros), and its
 * scale: row ≈ scale · bytes; of a row that is not finite, the scale is not either.
 */
export function quantizeRows(matrix: usize, rows: i32, stride: i32, bytes: usize, byteStride: i32, scales: usize): void {
  const rowBytes = <usize>stride << 2
  for (let row: usize = 0; row < <usize>rows; row++) {
    const source = matrix + row * rowBytes
    const target = bytes + row * <usize>byteStride
    const most = largest(source, rowBytes)
    memory.fill(target, 0, byteStride)
    store<f32>(scales + (row << 2), most > 0 ? most / 127 : most)
    if (!(most > 0 && most < Infinity)) continue
    const inverse: f32 = <f32>127 / most
    for (let at: usize = 0; at < <usize>stride; at++) {
      store<i8>(target + at, <i8>nearest(load<f32>(source + (at << 2)) * inverse))
    }
  }
}

/** Writes a vector as signed 16-bit numbers up to 8,191, so that no sum of 2,000 products overflows; returns its scale. */
export function quantizeVector(vector: usize, stride: i32, out: usize, byteStride: i32): f32 {
  const most = largest(vector, <usize>stride << 2)
  memory.fill(out, 0, byteStride << 1)
  if (!(most > 0 && most < Infinity)) return most
  const inverse: f32 = <f32>8191 / most
  for (let at: usize = 0; at < <usize>stride; at++) {
    store<i16>(out + (at << 1), <i16>nearest(load<f32>(vector + (at << 2)) * inverse))
  }
  return most / 8191
}

/** Sixteen products of a row and the vector, summed in four lanes. */
@inline
function products(row: usize, a: v128, b: v128): v128 {
  const x = v128.load(row)
  const low = i32x4.dot_i16x8_s(a, i16x8.extend_low_i8x16_s(x))
  return i32x4.add(low, i32x4.dot_i16x8_s(b, i16x8.extend_high_i8x16_s(x)))
}

/** `out[r] ≈ matrix[r] · vector` from quantised rows and vector; reads a quarter of what exact scores read. */
export function byteScores(
  bytes: usize, scales: usize, rows: i32, byteStride: i32, vector: usize, vectorScale: f32, out: usize,
): void {
  const size = <usize>byteStride
  const quarter = <usize>(rows >> 2)
  const band = quarter * size
  for (let step: usize = 0; step < quarter; step++) {
    const r0 = bytes + step * size
    const r1 = r0 + band
    const r2 = r1 + band
    const r3 = r2 + band
    let s0 = i32x4.splat(0)
    let s1 = i32x4.splat(0)
    let s2 = i32x4.splat(0)
    let s3 = i32x4.splat(0)
    for (let at: usize = 0; at < size; at += 16) {
      const a = v128.load(vector + 2 * at)
      const b = v128.load(vector + 2 * at, 16)
      s0 = i32x4.add(s0, products(r0 + at, a, b))
      s1 = i32x4.add(s1, products(r1 + at, a, b))
      s2 = i32x4.add(s2, products(r2 + at, a, b))
      s3 = i32x4.add(s3, products(r3 + at, a, b))
    }
    const at = step << 2
    const bandBytes = quarter << 2
    storeScore(out + at, scales + at, vectorScale, s0)
    storeScore(out + at + bandBytes, scales + at + bandBytes, vectorScale, s1)
    storeScore(out + at + 2 * bandBytes, scales + at + 2 * bandBytes, vectorScale, s2)
    storeScore(out + at + 3 * bandBytes, scales + at + 3 * bandBytes, vectorScale, s3)
  }
  for (let row = quarter << 2; row < <usize>rows; row++) {
    let sum = i32x4.splat(0)
    for (let at: usize = 0; at < size; at += 16) {
      const a = v128.load(vector + 2 * at)
      sum = i32x4.add(sum, products(bytes + row * size + at, a, v128.load(vector + 2 * at, 16)))
    }
    storeScore(out + (row << 2), scales + (row << 2), vectorScale, sum)
  }
}

@inline
function storeScore(out: usize, scale: usize, vectorScale: f32, lanes: v128): void {
  const pairs = i32x4.add(lanes, v128.shuffle<i32>(lanes, lanes, 2, 3, 0, 1))
  const sum = i32x4.extract_lane(pairs, 0) + i32x4.extract_lane(pairs, 1)
  store<f32>(out, <f32>sum * load<f32>(scale) * vectorScale)
}

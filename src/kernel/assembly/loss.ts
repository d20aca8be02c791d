import { confidenceOf } from "./confidence"
import { dot } from "./scores"

/** Σ c (1 − a·b)² over the entries of rows `[from, to)`: the observed part of the implicit loss. */
export function rowsLoss(
  from: i32, to: i32, offsets: usize, indexes: usize, confidence: usize, fixed: usize, solved: usize, stride: i32,
): f64 {
  const rowBytes = <usize>stride << 2
  let loss: f64 = 0
  for (let row = from; row < to; row++) {
    const vector = solved + <usize>row * rowBytes
    const last = load<i32>(offsets + (<usize>row << 2), 4)
    for (let e = load<i32>(offsets + (<usize>row << 2)); e < last; e++) {
      const other = fixed + <usize>load<u32>(indexes + (<usize>e << 2)) * rowBytes
      const miss = 1 - <f64>dot(vector, other, rowBytes)
      loss += <f64>confidenceOf(confidence, e) * miss * miss
    }
  }
  return loss
}

/** Σ weight[row] ‖row‖² over rows `[from, to)`. */
export function weightedNorms(from: i32, to: i32, matrix: usize, stride: i32, weights: usize): f64 {
  const rowBytes = <usize>stride << 2
  let total: f64 = 0
  for (let row = from; row < to; row++) {
    const vector = matrix + <usize>row * rowBytes
    total += <f64>load<f32>(weights + (<usize>row << 2)) * <f64>dot(vector, vector, rowBytes)
  }
  return total
}

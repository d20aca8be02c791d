import { conjugateBytes, solveConjugate } from "./conjugate"
import { DUAL_ENTRIES, dualBytes, solveDual } from "./dual"
import { rotatedBytes } from "./rotate"

/** Bytes of scratch that `solveRows` and `rotate` need. */
export function workBytes(stride: i32): i32 {
  return <i32>max(max(dualBytes(stride), conjugateBytes(stride)), rotatedBytes(stride))
}

/**
 * Solves rows `[from, to)` of one side of implicit ALS, the other side fixed and turned so that its weighted Gram is `diagonal`: short
 * rows exactly, long ones from what they were by at most `steps` conjugate gradients; a row without entries becomes zero.
 */
export function solveRows(
  from: i32, to: i32, offsets: usize, indexes: usize, confidence: usize, fixed: usize, solved: usize, stride: i32,
  diagonal: usize, regularization: usize, steps: i32, scratch: usize,
): void {
  const size = <usize>stride
  for (let row = from; row < to; row++) {
    const first = load<i32>(offsets + (<usize>row << 2))
    const last = load<i32>(offsets + (<usize>row << 2), 4)
    const target = solved + <usize>row * size * 4
    const weight = load<f32>(regularization + (<usize>row << 2))
    if (first == last) {
      memory.fill(target, 0, size * 4)
    } else if (last - first <= DUAL_ENTRIES) {
      solveDual(first, last, indexes, confidence, fixed, size, diagonal, weight, target, scratch)
    } else {
      solveConjugate(first, last, indexes, confidence, fixed, size, diagonal, weight, steps, target, scratch)
    }
  }
}

/** The confidence of an entry; without an array, address 0, every entry counts 1. */
@inline
export function confidenceOf(confidence: usize, entry: i32): f32 {
  return confidence == 0 ? 1 : load<f32>(confidence + (<usize>entry << 2))
}

/** The confidences of four entries from `entry` on. */
@inline
export function fourConfidences(confidence: usize, entry: i32): v128 {
  return confidence == 0 ? f32x4.splat(1) : v128.load(confidence + (<usize>entry << 2))
}

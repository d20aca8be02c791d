/** Returns the arm whose share of [0, 1) contains `uniform`, in the order given; the last where rounding leaves none. */
export function armOfShare<Arm extends { share: number }>(arms: readonly Arm[], uniform: number): Arm {
  let passed = 0
  for (const arm of arms) {
    passed += arm.share
    if (uniform < passed) return arm
  }
  return arms.at(-1)!
}

import { draw } from "../measure/draw.ts"

/** Returns the arm whose share of [0, 1) contains `uniform`, in the order given; the last where rounding leaves none. */
export const armOfShare = <Arm extends { share: number }>(arms: readonly Arm[], uniform: number): Arm =>
  arms[
    draw(
      arms.map(({ share }) => share),
      uniform,
    )
  ]!

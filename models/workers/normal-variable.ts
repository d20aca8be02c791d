import { normal, type Random } from "../random.ts"
import type { TensorFlow } from "./tensorflow.ts"

/** Returns a variable of a shape whose values are drawn from a normal distribution around 0. */
export function normalVariable(
  tf: typeof TensorFlow,
  random: Random,
  deviation: number,
  shape: number[],
): TensorFlow.Variable {
  const size = shape.reduce((product, length) => product * length, 1)
  return tf.variable(
    tf.tensor(
      Float32Array.from({ length: size }, () => deviation * normal(random)),
      shape,
    ),
  )
}

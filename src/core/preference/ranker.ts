/** A small network that adds up the features of an answer: relu(x · hiddenᵀ + bias) · output + x · linear. */
export interface RankerWeights {
  /** units × width, row-major. */
  hidden: Float32Array
  bias: Float32Array
  output: Float32Array
  /** One weight a feature; its length is the width. */
  linear: Float32Array
}

/** Writes one score a row into `out`, of `count` rows of features; `activations`, if given, gets count × units values, 0 where a unit is silent. */
export function forward(
  { hidden, bias, output, linear }: RankerWeights,
  features: Float32Array,
  count: number,
  out: Float64Array,
  activations?: Float32Array,
): void {
  const width = linear.length
  const units = bias.length
  for (let n = 0; n < count; n++) {
    const from = n * width
    let score = 0
    for (let k = 0; k < width; k++) score += features[from + k]! * linear[k]!
    for (let unit = 0; unit < units; unit++) {
      const row = unit * width
      let sum = bias[unit]!
      for (let k = 0; k < width; k++) sum += features[from + k]! * hidden[row + k]!
      const active = sum > 0 ? sum : 0
      if (activations) activations[n * units + unit] = active
      score += active * output[unit]!
    }
    out[n] = score
  }
}

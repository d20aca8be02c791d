import type { PreferenceWeights } from "../../src/core/preference/factors.ts"
import type { Graph } from "../../src/core/preference/neighbors.ts"

const most = 20

/**
 * Gives items that nobody did anything with the mean vector of their most similar items by content, each weighted by its similarity;
 * the Gram matrix stays that of the fit, so that customers fold in as they were fitted. `customers` holds one value an item.
 */
export function withColdItemFactors(
  weights: PreferenceWeights,
  customers: Float32Array,
  content: Graph,
): PreferenceWeights {
  const { dimensions } = weights
  const itemFactors = weights.itemFactors.slice()
  for (let item = 0; item < customers.length; item++) {
    if (customers[item]! > 0) continue
    const vector = new Float64Array(dimensions)
    let total = 0
    let taken = 0
    for (let edge = content.offsets[item]!; edge < content.offsets[item + 1]! && taken < most; edge++) {
      const like = content.targets[edge]!
      if (customers[like] === 0) continue
      taken++
      total += content.weights[edge]!
      for (let k = 0; k < dimensions; k++) {
        vector[k]! += content.weights[edge]! * weights.itemFactors[like * dimensions + k]!
      }
    }
    if (total > 0)
      itemFactors.set(
        vector.map((sum) => sum / total),
        item * dimensions,
      )
  }
  return { ...weights, itemFactors }
}

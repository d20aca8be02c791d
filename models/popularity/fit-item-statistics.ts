import type { PopularityWeights } from "../../src/core/preference/popularity.ts"
import type { InteractionMatrix } from "../data/interaction-matrix.ts"
import type { ItemAttributes } from "../data/item-attributes.ts"
import type { TimedSequences } from "../data/sequences.ts"

const endDecaySteps = 1.5
const priorSequences = 3

/** Computes customers, positions in sequences and popularity of attributes, one value an item each. */
export function fitItemStatistics(
  { items, indexes }: InteractionMatrix,
  sequences: TimedSequences,
  attributes: ItemAttributes,
): Pick<PopularityWeights, "customers" | "sessionEndWeight" | "meanSessionPosition" | "attributePopularity"> {
  const customers = new Float32Array(items)
  for (const item of indexes) customers[item]! += 1
  return { customers, ...placesIn(sequences, items), attributePopularity: attributePopularityOf(attributes, customers) }
}

function placesIn({ offsets, rows, steps }: TimedSequences, items: number) {
  const sessionEndWeight = new Float32Array(items)
  const meanSessionPosition = new Float32Array(items)
  const times = new Float32Array(items)
  for (let s = 0; s + 1 < offsets.length; s++) {
    const end = offsets[s + 1]!
    const last = steps[end - 1] ?? 0
    for (let entry = offsets[s]!; entry < end; entry++) {
      const row = rows[entry]!
      sessionEndWeight[row]! += Math.exp((steps[entry]! - last) / endDecaySteps)
      meanSessionPosition[row]! += steps[entry]! - last / 2
      times[row]! += 1
    }
  }
  return {
    sessionEndWeight,
    meanSessionPosition: meanSessionPosition.map((sum, row) => sum / (times[row]! + priorSequences)),
  }
}

/** The mean over an item's attributes of the mean number of customers among the items that have it. */
function attributePopularityOf({ offsets, attributes, count }: ItemAttributes, customers: Float32Array): Float32Array {
  const sums = new Float64Array(count)
  const having = new Float64Array(count)
  const items = offsets.length - 1
  for (let item = 0; item < items; item++) {
    for (let n = offsets[item]!; n < offsets[item + 1]!; n++) {
      sums[attributes[n]!]! += customers[item]!
      having[attributes[n]!]! += 1
    }
  }
  return Float32Array.from({ length: items }, (_, item) => {
    const own = attributes.subarray(offsets[item]!, offsets[item + 1]!)
    return own.length === 0 ? 0 : own.reduce((sum, a) => sum + sums[a]! / having[a]!, 0) / own.length
  })
}

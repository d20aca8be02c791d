import type { Graph } from "../../src/core/preference/neighbors.ts"
import { addScore } from "../../src/core/preference/sparse-scores.ts"
import type { ItemAttributes } from "../data/item-attributes.ts"
import { collectGraph } from "./collect-graph.ts"

/** An attribute that more items than this have says too little to be followed. */
const maxItems = 3000

/** The items of most similar attributes: the cosine of attribute vectors weighted by ln(items / items that have it). */
export function fitContent({ offsets, attributes, count }: ItemAttributes, edgesPerItem: number): Graph {
  const items = offsets.length - 1
  const having = new Int32Array(count + 1)
  for (const attribute of attributes) having[attribute + 1]!++
  const rarity = Float64Array.from({ length: count }, (_, a) =>
    having[a + 1]! > maxItems ? 0 : Math.log(items / Math.max(1, having[a + 1]!)),
  )
  for (let a = 0; a < count; a++) having[a + 1]! += having[a]!
  const next = having.slice()
  const byAttribute = new Int32Array(attributes.length)
  const length = new Float64Array(items)
  for (let item = 0; item < items; item++) {
    for (let n = offsets[item]!; n < offsets[item + 1]!; n++) {
      byAttribute[next[attributes[n]!]!++] = item
      length[item]! += rarity[attributes[n]!]! ** 2
    }
  }
  const norm = length.map((square) => (square > 0 ? 1 / Math.sqrt(square) : 0))
  return collectGraph(items, edgesPerItem, (source, row) => {
    for (let n = offsets[source]!; n < offsets[source + 1]!; n++) {
      const attribute = attributes[n]!
      const weight = rarity[attribute]! ** 2 * norm[source]!
      if (weight === 0) continue
      for (let p = having[attribute]!; p < having[attribute + 1]!; p++) {
        addScore(row, byAttribute[p]!, weight * norm[byAttribute[p]!]!)
      }
    }
  })
}

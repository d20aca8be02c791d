import type { History } from "../history/history.ts"
import { type ArtifactContent, tensorValues } from "./artifact.ts"
import { readItems, writeItems } from "./item-index.ts"
import type { ItemIndex } from "./release.ts"

/** Time-decayed counts, one value an item: of everybody, and of what customers bought in their first order. */
export interface PopularityWeights {
  overall: Float32Array
  firstOrder: Float32Array
}

/** What is popular with customers like this one: who has never ordered is served what others began with. */
export const popularityFor = (weights: PopularityWeights, { orders }: History): Float32Array =>
  orders === 0 ? weights.firstOrder : weights.overall

export const writePopularity = ({ overall, firstOrder }: PopularityWeights, items: ItemIndex): ArtifactContent => ({
  metadata: { model: "popularity", items: writeItems(items) },
  tensors: {
    overall: { dtype: "F32", shape: [overall.length], data: overall },
    firstOrder: { dtype: "F32", shape: [firstOrder.length], data: firstOrder },
  },
})

export function readPopularity(content: ArtifactContent): PopularityWeights {
  const { length } = readItems(content)
  return {
    overall: tensorValues(content, "overall", "F32", [length]),
    firstOrder: tensorValues(content, "firstOrder", "F32", [length]),
  }
}

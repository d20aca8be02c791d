import { type ArtifactContent, tensorValues } from "../artifact/artifact.ts"
import type { ItemIndex } from "../artifact/item-index.ts"
import { readItems, writeItems } from "../artifact/item-index.ts"
import type { History } from "../history/history.ts"

/** Popularity and statistics over all customers, one value an item. */
export interface PopularityWeights {
  /** Time-decayed share of all interest … */
  overall: Float32Array
  /** … and of what customers bought in their first order. */
  firstOrder: Float32Array
  /** Customers who interacted with it. */
  customers: Float32Array
  /** Σ over its occurrences of e^(−steps from the end of the sequence / 1.5). */
  sessionEndWeight: Float32Array
  /** Mean position, in steps after the middle of its sequences, shrunk towards 0. */
  meanSessionPosition: Float32Array
  /** The mean number of customers of the items it shares attributes with. */
  attributePopularity: Float32Array
}

export const itemStatistics = [
  "overall",
  "firstOrder",
  "customers",
  "sessionEndWeight",
  "meanSessionPosition",
  "attributePopularity",
] as const

/** Returns the popularity for a customer: of first orders for customers who have never ordered, else overall. */
export const popularityFor = (
  { overall, firstOrder }: Pick<PopularityWeights, "overall" | "firstOrder">,
  { orders }: History,
): Float32Array => (orders === 0 ? firstOrder : overall)

export const writePopularity = (weights: PopularityWeights, items: ItemIndex): ArtifactContent => ({
  metadata: { model: "popularity", items: writeItems(items) },
  tensors: Object.fromEntries(
    itemStatistics.map((name) => [name, { dtype: "F32", shape: [weights[name].length], data: weights[name] }]),
  ),
})

export function readPopularity(content: ArtifactContent): PopularityWeights {
  const { length } = readItems(content)
  const read = (name: (typeof itemStatistics)[number]) => tensorValues(content, name, "F32", [length])
  return {
    overall: read("overall"),
    firstOrder: read("firstOrder"),
    customers: read("customers"),
    sessionEndWeight: read("sessionEndWeight"),
    meanSessionPosition: read("meanSessionPosition"),
    attributePopularity: read("attributePopularity"),
  }
}

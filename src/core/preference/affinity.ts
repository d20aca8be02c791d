import type { History } from "../history/history.ts"
import { foldVector } from "./fold-vector.ts"
import type { TasteModels } from "./taste-models.ts"

/** Returns the dot product of an item's factors and the customer's preference vector; NaN for an item the release does not know. Folds the vector when first needed. */
export function affinityOf(
  { history, vector }: { history: History; vector: Float32Array | null },
  release: TasteModels,
): (itemId: string) => number {
  const { kernel, rows, stride, dimensions } = release.factors
  let known: Float32Array | undefined
  return (itemId) => {
    const row = release.items.indexOf.get(itemId)
    if (row === undefined) return Number.NaN
    known ??= vector ?? foldVector(history, release)
    const factors = kernel.arena.floats(rows + row * stride * 4, dimensions)
    let sum = 0
    for (let n = 0; n < dimensions; n++) sum += factors[n]! * known[n]!
    return sum
  }
}

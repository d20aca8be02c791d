import type { History } from "../history/history.ts"
import { foldVector } from "./fold-vector.ts"
import type { TasteModels } from "./taste-models.ts"

/** Returns the dot product of an item's factors and the customer's preference vector; NaN for an item the release does not know. Folds the vector when first needed. */
export function affinityOf(
  { history, vector }: { history: History; vector: Float32Array | null },
  release: TasteModels,
): (itemId: string) => number {
  const { kernel, rows, stride, dimensions } = release.factors
  let known: { own: Float32Array; all: Float32Array } | undefined
  return (itemId) => {
    const row = release.items.indexOf.get(itemId)
    if (row === undefined) return Number.NaN
    if (known === undefined || known.all.length === 0) {
      const own = vector ?? foldVector(history, release)
      // Folding may grow the memory, after which an older view of it is empty.
      known = { own, all: kernel.arena.floats(rows, release.items.ids.length * stride) }
    }
    const { own, all } = known
    let sum = 0
    for (let n = 0; n < dimensions; n++) sum += all[row * stride + n]! * own[n]!
    return sum
  }
}

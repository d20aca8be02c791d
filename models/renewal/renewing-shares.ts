import { groupBy } from "../../src/core/measure/group-by.ts"
import { dayMs } from "../../src/core/time/durations.ts"
import type { KeptPurchases } from "./intervals.ts"

/** Expected repeats that the belief weighs as much as: that what returns may be the same item. */
const beliefWeight = 1

/**
 * Returns by category the repeats of items that their buyers had before, as a share of those expected if they chose by popularity alone, at most 1: near 0
 * where a need returns for other items only, as for books.
 */
export function renewingShares(
  purchases: readonly KeptPurchases[],
  categoryOf: Int32Array,
  categories: number,
): Float64Array {
  const popularity = popularityInCategories(purchases, categoryOf, categories)
  const repeats = new Float64Array(categories)
  const expected = new Float64Array(categories)
  for (const { byItem } of purchases) {
    for (const [category, own] of groupBy([...byItem], ([row]) => categoryOf[row]!)) {
      if (category === 0) continue
      const firsts = own.map(([row, { boughtAt }]) => ({ row, at: boughtAt[0]! })).sort((a, b) => a.at - b.at)
      const all = own.flatMap(([, { boughtAt }]) =>
        boughtAt.map((at) => ({ at, isRepeat: at - boughtAt[0]! >= dayMs })),
      )
      let [had, owned] = [0, 0]
      for (const { at, isRepeat } of all.sort((a, b) => a.at - b.at)) {
        for (; had < firsts.length && at - firsts[had]!.at >= dayMs; had++) owned += popularity[firsts[had]!.row]!
        expected[category]! += owned
        if (isRepeat) repeats[category]! += 1
      }
    }
  }
  return repeats.map((count, category) => Math.min(1, (beliefWeight + count) / (beliefWeight + expected[category]!)))
}

/** Returns each item's share of the purchases in its category. */
function popularityInCategories(
  purchases: readonly KeptPurchases[],
  categoryOf: Int32Array,
  categories: number,
): Float64Array {
  const counts = new Float64Array(categoryOf.length)
  const totals = new Float64Array(categories)
  for (const { byItem } of purchases) {
    for (const [row, { boughtAt }] of byItem) {
      counts[row]! += boughtAt.length
      totals[categoryOf[row]!]! += boughtAt.length
    }
  }
  return counts.map((count, row) => count / Math.max(1, totals[categoryOf[row]!]!))
}

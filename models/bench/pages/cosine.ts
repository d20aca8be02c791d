/** Answers the rows that go with some rows, best first, none of these among them. */
export type Ask = (rows: readonly number[], limit: number) => readonly number[]

export interface PairCounts {
  /** Sets that hold both, by row and row. */
  together: readonly ReadonlyMap<number, number>[]
  /** Sets that hold a row. */
  sets: Int32Array
}

/** Counts in how many sets of rows each pair is. */
export function countPairs(sets: readonly (readonly number[])[], items: number): PairCounts {
  const together = Array.from({ length: items }, () => new Map<number, number>())
  const counts = new Int32Array(items)
  for (const rows of sets) {
    for (const row of rows) {
      counts[row]!++
      const own = together[row]!
      for (const other of rows) if (other !== row) own.set(other, (own.get(other) ?? 0) + 1)
    }
  }
  return { together, sets: counts }
}

/** Item cosine, summed over the rows asked with: pairs over the roots of both counts, without pairs below a support. */
export const askCosine =
  ({ together, sets }: PairCounts, leastSupport: number): Ask =>
  (rows, limit) => {
    const scores = new Map<number, number>()
    for (const row of rows) {
      for (const [other, pairs] of together[row]!) {
        if (pairs < leastSupport) continue
        scores.set(other, (scores.get(other) ?? 0) + pairs / Math.sqrt(sets[row]! * sets[other]!))
      }
    }
    for (const row of rows) scores.delete(row)
    return bestOf(scores, limit)
  }

/** The rows in most sets. */
export function askPopularity({ sets }: PairCounts): Ask {
  const order = [...sets.keys()].sort((a, b) => sets[b]! - sets[a]! || a - b)
  return (rows, limit) => {
    const asked = new Set(rows)
    return order.filter((row) => !asked.has(row)).slice(0, limit)
  }
}

/** Returns the rows of the highest scores, equal ones by row. */
const bestOf = (scores: ReadonlyMap<number, number>, limit: number): number[] =>
  [...scores]
    .sort(([a, x], [b, y]) => y - x || a - b)
    .slice(0, limit)
    .map(([row]) => row)

/** Counts of one run of the resolver. */
export interface ResolutionSummary {
  records: number
  customers: number
  /** Customers who went into another one. */
  joined: number
  /** Pairs that wait for somebody's word. */
  waiting: number
  /** Joins expected to be wrong, by the model's probabilities. */
  expectedFalseJoins: number
  /** Least probability at which customers joined without review. */
  posterior: number
}

/** Somebody's word on a pair that the model had scored. */
export interface ScoredVerdict {
  posterior: number
  isSame: boolean
}

/** Verdicts from which on they move the threshold. */
const leastVerdicts = 20

/**
 * Returns the least posterior at which customers join without review: `wanted`, moved by verdicts. It falls to where, of at least 20 pairs
 * reviewed below it, the share of one person is `wanted` by Laplace's rule of succession, (same + 1) / (n + 2); and it rises above joins
 * that people took back, where that share is lower.
 */
export function posteriorFromVerdicts(verdicts: readonly ScoredVerdict[], wanted: number): number {
  const share = (judged: readonly ScoredVerdict[]) =>
    (judged.filter(({ isSame }) => isSame).length + 1) / (judged.length + 2)
  const sorted = verdicts.toSorted((a, b) => b.posterior - a.posterior)
  const below = sorted.filter(({ posterior }) => posterior < wanted)
  const above = sorted.filter(({ posterior }) => posterior >= wanted).reverse()
  let threshold = wanted
  for (let n = leastVerdicts; n <= below.length; n++) {
    if (share(below.slice(0, n)) >= wanted) threshold = below[n - 1]!.posterior
  }
  for (let n = leastVerdicts; n <= above.length; n++) {
    if (share(above.slice(0, n)) < wanted) threshold = Math.min(highest, above[n - 1]!.posterior + leastStep)
  }
  return threshold
}

const highest = 0.9999
const leastStep = 1e-6

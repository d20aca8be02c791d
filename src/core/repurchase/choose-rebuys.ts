/** A pair of customer and item with P(buys it within the horizon). */
export interface RebuyPair {
  customerId: string
  itemId: string
  probability: number
}

/**
 * As many pairs as keep the promise on average, best first and at most so many a customer: the marginal pair may lie below the promise,
 * the expected share of all does not.
 */
export function chooseRebuys<Pair extends RebuyPair>(
  pairs: readonly Pair[],
  { promise, mostPerCustomer = Number.POSITIVE_INFINITY }: { promise: number; mostPerCustomer?: number },
): Pair[] {
  const allowed = bestFirst(pairs, mostPerCustomer)
  let sum = 0
  let kept = 0
  for (let n = 0; n < allowed.length; n++) {
    sum += allowed[n]!.probability
    if (sum / (n + 1) < promise) break
    kept = n + 1
  }
  return allowed.slice(0, kept)
}

/** Pairs by descending probability, each customer's best `mostPerCustomer` of them. */
export function bestFirst<Pair extends RebuyPair>(pairs: readonly Pair[], mostPerCustomer: number): Pair[] {
  const taken = new Map<string, number>()
  return [...pairs].sort(byProbability).filter(({ customerId }) => {
    const count = taken.get(customerId) ?? 0
    taken.set(customerId, count + 1)
    return count < mostPerCustomer
  })
}

const byProbability = (a: RebuyPair, b: RebuyPair) =>
  b.probability - a.probability || compare(a.customerId, b.customerId) || compare(a.itemId, b.itemId)

const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0)

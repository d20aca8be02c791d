/** Kept and resolved sends of customers so far, as JSON. */
export interface KeepRecordsState {
  /** Kept and resolved sends a customer. */
  customers: Record<string, [kept: number, resolved: number]>
  kept: number
  resolved: number
  /** Log weights of the correlations considered. */
  weights: number[]
}

export interface KeepRecords {
  /** P(kept) of the customer's next send while the kept share of all is `share`. */
  expected(customerId: string, share: number): number
  add(customerId: string, kept: boolean): void
  state(): KeepRecordsState
}

/** Correlations of two sends to one customer that are considered, and how likely each is held at first: mostly little. */
const correlations = [0, 0.03, 0.08, 0.15, 0.25, 0.4, 0.6, 0.9]
const priorWeights = [0.3, 0.2, 0.15, 0.1, 0.1, 0.05, 0.05, 0.05]

/**
 * Beta-binomial records: a customer's own share is beta-distributed around that of all, so their next send is expected at
 * (share · c + kept) / (c + resolved) with c = 1 / correlation − 1; correlations weigh by how well they foretold the records so far.
 */
export function createKeepRecords(from?: KeepRecordsState): KeepRecords {
  const customers = new Map<string, [number, number]>(
    Object.entries(from?.customers ?? {}).map(([id, [kept, resolved]]) => [id, [kept, resolved]]),
  )
  const weights = Float64Array.from(from?.weights ?? priorWeights.map(Math.log))
  let total = { kept: from?.kept ?? 0, resolved: from?.resolved ?? 0 }
  const expectedAt = (correlation: number, [kept, resolved]: readonly [number, number], share: number) => {
    if (correlation === 0) return share
    const prior = 1 / correlation - 1
    return (share * prior + kept) / (prior + resolved)
  }
  return {
    expected(customerId, share) {
      const record = customers.get(customerId)
      if (record === undefined) return share
      const highest = Math.max(...weights)
      let [sum, weight] = [0, 0]
      for (let n = 0; n < correlations.length; n++) {
        const w = Math.exp(weights[n]! - highest)
        sum += w * expectedAt(correlations[n]!, record, share)
        weight += w
      }
      return sum / weight
    },
    add(customerId, kept) {
      const record = customers.get(customerId)
      if (record !== undefined) {
        const share = (total.kept + 1) / (total.resolved + 2)
        for (let n = 0; n < correlations.length; n++) {
          const p = expectedAt(correlations[n]!, record, share)
          weights[n]! += Math.log(kept ? p : 1 - p)
        }
        record[1]++
        if (kept) record[0]++
      } else customers.set(customerId, [kept ? 1 : 0, 1])
      total = { kept: total.kept + (kept ? 1 : 0), resolved: total.resolved + 1 }
    },
    state: () => ({ customers: Object.fromEntries(customers), ...total, weights: [...weights] }),
  }
}

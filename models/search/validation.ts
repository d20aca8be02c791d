import { meanWithError } from "../../src/core/measure/mean.ts"

/** NDCG@20 of each query, in a fixed order, and its customer. */
export interface QueryResults {
  values: readonly number[]
  customers: readonly number[]
}

/** By how much one way of answering ranks better than another; the interval holds nineteen times in twenty, customers being the unit. */
export interface Lead {
  mean: number
  low: number
  high: number
}

export const joinResults = (results: readonly QueryResults[]): QueryResults => ({
  values: results.flatMap(({ values }) => values),
  customers: results.flatMap(({ customers }) => customers),
})

export const meanOf = ({ values }: QueryResults): number =>
  values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length)

export const customersOf = ({ customers }: QueryResults): number => new Set(customers).size

/** Returns the lead of `a` over `b` on the same queries. */
export function leadOver(a: QueryResults, b: QueryResults): Lead {
  const byCustomer = new Map<number, { sum: number; count: number }>()
  a.customers.forEach((customer, n) => {
    const own = byCustomer.get(customer) ?? { sum: 0, count: 0 }
    own.sum += a.values[n]! - b.values[n]!
    own.count++
    byCustomer.set(customer, own)
  })
  const { mean, error } = meanWithError([...byCustomer.values()].map(({ sum, count }) => sum / count))
  return { mean, low: mean - 1.96 * error, high: mean + 1.96 * error }
}

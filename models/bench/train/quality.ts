import { createFactors, type Factors, foldIn, topItems } from "../../../src/core/preference/factors.ts"
import { createRandom } from "../../random.ts"
import type { BenchData } from "./data.ts"

type VectorOf = (factors: Factors, customer: number, items: Int32Array) => Float32Array

/** Returns the mean NDCG@20 of held-out items over at most `limit` customers drawn by one seed; all items but the customer's training items are ranked. */
export function heldOutNdcg({ items, train, heldOut }: BenchData, factors: Factors, vectorOf: VectorOf, limit: number) {
  const random = createRandom(3)
  const candidates = heldOut.flatMap((row, customer) => (row.length > 0 ? [{ customer, order: random() }] : []))
  candidates.sort((a, b) => a.order - b.order)
  const chosen = candidates.slice(0, limit)
  let total = 0
  for (const { customer } of chosen) {
    const allowed = new Uint8Array(items).fill(1)
    for (const item of train[customer]!) allowed[item] = 0
    const top = topItems(factors, vectorOf(factors, customer, train[customer]!), 20, allowed)
    const relevant = new Set(heldOut[customer])
    let gain = 0
    let ideal = 0
    top.index.forEach((item, rank) => {
      if (relevant.has(item)) gain += 1 / Math.log2(rank + 2)
      if (rank < relevant.size) ideal += 1 / Math.log2(rank + 2)
    })
    total += gain / ideal
  }
  return total / chosen.length
}

/** Returns the vector that the product recommends by: the fold-in of the customer's items. */
export const foldedIn: VectorOf = (factors, _customer, index) =>
  foldIn(factors, { index, confidence: new Float32Array(index.length).fill(1) })

/** Returns the vector that the peer recommends by: the customer's row. */
export const rowOf =
  (customerFactors: Float32Array): VectorOf =>
  ({ dimensions }, customer) =>
    customerFactors.subarray(customer * dimensions, (customer + 1) * dimensions)

export const factorsOf = (
  itemFactors: Float32Array,
  dimensions: number,
  unobservedWeight: number,
  regularization: number,
): Factors => createFactors({ dimensions, itemFactors, unobservedWeight, regularization, frequencyExponent: 1 })

import type { Regressions } from "./local-regressions.ts"

/** One target's pair weight with every item, and what finds the best of them. */
export interface PairScratch {
  /** One value an item; 0 where no customer has both. */
  weights: Float64Array
  touched: Int32Array
  count: number
  scores: Float64Array
}

export const pairScratch = (items: number): PairScratch => ({
  weights: new Float64Array(items),
  touched: new Int32Array(items),
  count: 0,
  scores: new Float64Array(items),
})

/** Weighs the target's pairs into scratch and returns the items that may explain it, at most `support`. */
export function chooseSources(work: Regressions, target: number, scratch: PairScratch): Int32Array {
  const { popularityScale, support } = work
  const { weights, touched, scores } = scratch
  weighPairs(work, target, scratch)
  weights[target] = 0
  for (let n = 0; n < scratch.count; n++) scores[n] = weights[touched[n]!]! * popularityScale[touched[n]!]!
  const bar = barOf(scores.slice(0, scratch.count), support)
  const sources = new Int32Array(Math.min(support, scratch.count))
  let taken = 0
  const take = (fits: (score: number) => boolean) => {
    for (let n = 0; n < scratch.count && taken < sources.length; n++)
      if (fits(scores[n]!)) sources[taken++] = touched[n]!
  }
  take((score) => score > bar)
  if (bar > 0) take((score) => score === bar)
  return sources.subarray(0, taken)
}

/** The score that `limit` of these reach; sorts them. */
const barOf = (scores: Float64Array, limit: number): number =>
  scores.length <= limit ? 0 : scores.sort()[scores.length - limit]!

function weighPairs({ byCustomer, byItem, share }: Regressions, target: number, scratch: PairScratch): void {
  const { weights, touched } = scratch
  for (let n = 0; n < scratch.count; n++) weights[touched[n]!] = 0
  scratch.count = 0
  for (let n = byItem.offsets[target]!; n < byItem.offsets[target + 1]!; n++) {
    const customer = byItem.indexes[n]!
    const weight = share[customer]! * byItem.confidence[n]!
    if (weight === 0) continue
    for (let e = byCustomer.offsets[customer]!; e < byCustomer.offsets[customer + 1]!; e++) {
      const item = byCustomer.indexes[e]!
      if (byCustomer.confidence[e]! === 0) continue
      if (weights[item] === 0) touched[scratch.count++] = item
      weights[item]! += weight * byCustomer.confidence[e]!
    }
  }
}

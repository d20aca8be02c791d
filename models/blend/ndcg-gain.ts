import { discount } from "../../src/core/measure/ranking-metrics.ts"

export const depth = 20

/** The discounted gain at 20 of what is wanted, by counting for each how many stand before it; equal scores in order. */
export function gainAt20(scores: Float64Array, gains: Float32Array): number {
  let gain = 0
  for (let n = 0; n < gains.length; n++) {
    if (gains[n] === 0) continue
    let before = 0
    for (let other = 0; other < gains.length && before < depth; other++) {
      if (scores[other]! > scores[n]! || (scores[other] === scores[n] && other < n)) before++
    }
    if (before < depth) gain += discount(before)
  }
  return gain
}

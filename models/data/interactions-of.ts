import type { ItemIndex } from "../../src/core/artifact/item-index.ts"
import type { History } from "../../src/core/history/history.ts"
import { type ConfidenceWeights, confidencesOf } from "../../src/core/preference/confidences.ts"
import type { TimedInteractions } from "./interaction-matrix.ts"

/** Histories as one matrix, weighed by the function that serves. */
export function interactionsOf(
  histories: readonly History[],
  items: ItemIndex,
  weights: ConfidenceWeights,
): TimedInteractions {
  const rows = histories.map((history) => confidencesOf(history, items, weights))
  const offsets = new Int32Array(rows.length + 1)
  rows.forEach(({ index }, customer) => {
    offsets[customer + 1] = offsets[customer]! + index.length
  })
  const entries = offsets[rows.length]!
  const indexes = new Int32Array(entries)
  const confidence = new Float32Array(entries)
  const lastAt = new Float64Array(entries)
  rows.forEach((row, customer) => {
    indexes.set(row.index, offsets[customer]!)
    confidence.set(row.confidence, offsets[customer]!)
    lastAt.set(row.lastAt, offsets[customer]!)
  })
  return { customers: rows.length, items: items.ids.length, offsets, indexes, confidence, lastAt }
}

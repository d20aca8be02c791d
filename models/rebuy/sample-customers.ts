import type { Dataset } from "../data/dataset.ts"
import { spread } from "../data/window.ts"

/** The events of at most `most` customers, spread evenly over all; items and times stay those of all. */
export function sampleCustomers(dataset: Dataset, most: number): Dataset {
  const { customerIds, eventOffsets, lineOffsets } = dataset
  if (customerIds.length <= most) return dataset
  const customers = spread(
    customerIds.map((_, n) => n),
    most,
  )
  const events = customers.flatMap((customer) => range(eventOffsets[customer]!, eventOffsets[customer + 1]!))
  const lines = events.flatMap((e) => range(lineOffsets[e]!, lineOffsets[e + 1]!))
  return {
    ...dataset,
    customerIds: customers.map((customer) => customerIds[customer]!),
    eventOffsets: offsetsOf(customers.map((customer) => eventOffsets[customer + 1]! - eventOffsets[customer]!)),
    at: Float64Array.from(events, (e) => dataset.at[e]!),
    order: Int32Array.from(events, (e) => dataset.order[e]!),
    name: Int32Array.from(events, (e) => dataset.name[e]!),
    lineOffsets: offsetsOf(events.map((e) => lineOffsets[e + 1]! - lineOffsets[e]!)),
    lineItem: Int32Array.from(lines, (line) => dataset.lineItem[line]!),
    lineQuantity: Float64Array.from(lines, (line) => dataset.lineQuantity[line]!),
  }
}

const range = (from: number, until: number) => Array.from({ length: until - from }, (_, n) => from + n)

function offsetsOf(lengths: readonly number[]): Int32Array {
  const offsets = new Int32Array(lengths.length + 1)
  lengths.forEach((length, n) => {
    offsets[n + 1] = offsets[n]! + length
  })
  return offsets
}

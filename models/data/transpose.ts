import type { InteractionMatrix } from "./interaction-matrix.ts"

/** The same matrix by item: row `i` holds the customers of item `i`, ascending, with their confidence. */
export function transpose({ customers, items, offsets, indexes, confidence }: InteractionMatrix): InteractionMatrix {
  const byItem = {
    customers: items,
    items: customers,
    offsets: new Int32Array(items + 1),
    indexes: new Int32Array(indexes.length),
    confidence: new Float32Array(indexes.length),
  }
  for (const item of indexes) byItem.offsets[item + 1]!++
  for (let item = 0; item < items; item++) byItem.offsets[item + 1]! += byItem.offsets[item]!
  const next = byItem.offsets.slice(0, items)
  for (let customer = 0; customer < customers; customer++) {
    for (let entry = offsets[customer]!; entry < offsets[customer + 1]!; entry++) {
      const place = next[indexes[entry]!]!++
      byItem.indexes[place] = customer
      byItem.confidence[place] = confidence[entry]!
    }
  }
  return byItem
}

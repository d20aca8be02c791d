import { interactionKind } from "../../src/core/history/event-table.ts"
import type { Dataset } from "../data/dataset.ts"

/** A customer's purchases within a window. */
export interface Outcome {
  ordered: boolean
  /** Ids of the items of which more came than went back. */
  bought: ReadonlySet<string>
}

/** Each customer's outcome of `[from, until)`, in the dataset's order. */
export function outcomesOf(dataset: Dataset, { from, until }: { from: number; until: number }): Outcome[] {
  const { eventOffsets, lineOffsets, lineItem, lineQuantity, customerIds, itemIds } = dataset
  const kinds = dataset.names.map(interactionKind)
  return customerIds.map((_, customer) => {
    const net = new Map<number, number>()
    let ordered = false
    for (let e = eventOffsets[customer]!; e < eventOffsets[customer + 1]!; e++) {
      const kind = kinds[dataset.name[e]!]
      if (dataset.at[e]! < from || dataset.at[e]! >= until || (kind !== "purchase" && kind !== "return")) continue
      if (kind === "purchase") ordered = true
      const sign = kind === "purchase" ? 1 : -1
      for (let line = lineOffsets[e]!; line < lineOffsets[e + 1]!; line++) {
        const row = lineItem[line]!
        net.set(row, (net.get(row) ?? 0) + sign * lineQuantity[line]!)
      }
    }
    return { ordered, bought: new Set([...net].flatMap(([row, pieces]) => (pieces > 0 ? [itemIds[row]!] : []))) }
  })
}

import { interactionKind } from "../../../src/core/history/event-table.ts"
import type { Dataset } from "../../data/dataset.ts"

/** Items that one customer bought at one moment. */
export interface Basket {
  customer: number
  at: number
  /** Distinct rows of the dataset's items. */
  rows: readonly number[]
}

/** Returns the baskets of `[from, until)` in order of time. */
export function basketsOf(dataset: Dataset, { from, until }: { from: number; until: number }): Basket[] {
  const { customerIds, eventOffsets, at, name, names, lineOffsets, lineItem } = dataset
  const isPurchase = names.map((one) => interactionKind(one) === "purchase")
  const baskets: Basket[] = []
  for (let customer = 0; customer < customerIds.length; customer++) {
    const rowsAt = new Map<number, Set<number>>()
    for (let e = eventOffsets[customer]!; e < eventOffsets[customer + 1]!; e++) {
      if (!isPurchase[name[e]!] || at[e]! < from || at[e]! >= until) continue
      const rows = rowsAt.get(at[e]!) ?? new Set()
      rowsAt.set(at[e]!, rows)
      for (let line = lineOffsets[e]!; line < lineOffsets[e + 1]!; line++) rows.add(lineItem[line]!)
    }
    for (const [time, rows] of rowsAt) baskets.push({ customer, at: time, rows: [...rows] })
  }
  return baskets.sort((a, b) => a.at - b.at || a.customer - b.customer)
}

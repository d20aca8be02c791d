import type { ItemIndex } from "../../src/core/artifact/item-index.ts"
import type { History } from "../../src/core/history/history.ts"
import { netPurchases } from "../../src/core/history/net-purchases.ts"

/** Items of one customer that were bought, or viewed, together: group `g` has `rows[offsets[g] … offsets[g + 1])`. */
export interface ItemGroups {
  offsets: Int32Array
  /** Distinct item rows within a group: of a basket ascending, of a visit in order of time. */
  rows: Int32Array
  /** Each group's time, in milliseconds since the epoch. */
  at: Float64Array
  /** Each group's customer, as the number of their history. */
  customer: Int32Array
}

/** The longest pause between two interactions that belong together. */
const pauseMs = 30 * 60_000

interface Done {
  row: number
  at: number
}

/** Returns the baskets that histories keep and that lie in `[from, until)`: items bought at once and not sent back, two at least. */
export function basketsOf(
  histories: readonly History[],
  items: ItemIndex,
  { from = Number.NEGATIVE_INFINITY, until }: { from?: number; until: number },
): ItemGroups {
  return groupsOf(histories, (history) => {
    const done: Done[] = []
    for (const [itemId, item] of Object.entries(history.items)) {
      const row = items.indexOf.get(itemId)
      if (row === undefined || netPurchases(item) <= 0) continue
      for (const at of item.purchaseTimes) if (at >= from && at < until) done.push({ row, at })
    }
    return together(done.sort((a, b) => a.at - b.at)).map((group) => group.sort((a, b) => a.row - b.row))
  })
}

/** Returns the visits that histories keep and that lie in `[from, until)`: items viewed without a long pause, two at least. */
export function visitsOf(
  histories: readonly History[],
  items: ItemIndex,
  { from = Number.NEGATIVE_INFINITY, until }: { from?: number; until: number },
): ItemGroups {
  return groupsOf(histories, (history) => {
    const done: Done[] = []
    for (const { itemId, kind, at } of history.recent) {
      const row = items.indexOf.get(itemId)
      if (kind === "view" && row !== undefined && at >= from && at < until) done.push({ row, at })
    }
    return together(done)
  })
}

function together(done: readonly Done[]): Done[][] {
  const groups: Done[][] = []
  let latest = Number.NEGATIVE_INFINITY
  let own = new Set<number>()
  for (const one of done) {
    if (one.at - latest > pauseMs) {
      groups.push([])
      own = new Set()
    }
    latest = one.at
    if (own.has(one.row)) continue
    own.add(one.row)
    groups.at(-1)!.push(one)
  }
  return groups.filter(({ length }) => length > 1)
}

function groupsOf(histories: readonly History[], ofOne: (history: History) => Done[][]): ItemGroups {
  const offsets = [0]
  const rows: number[] = []
  const at: number[] = []
  const customer: number[] = []
  histories.forEach((history, number) => {
    for (const group of ofOne(history)) {
      for (const { row } of group) rows.push(row)
      offsets.push(rows.length)
      at.push(group.reduce((latest, one) => Math.max(latest, one.at), Number.NEGATIVE_INFINITY))
      customer.push(number)
    }
  })
  return {
    offsets: Int32Array.from(offsets),
    rows: Int32Array.from(rows),
    at: Float64Array.from(at),
    customer: Int32Array.from(customer),
  }
}

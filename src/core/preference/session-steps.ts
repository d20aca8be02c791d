import type { ItemIndex } from "../artifact/item-index.ts"
import type { History, Interaction } from "../history/history.ts"
import { isSentBack } from "../history/net-purchases.ts"

/** The latest interactions with items a release knows, latest first; things done at once share a step. */
export interface SessionSteps {
  rows: Int32Array
  /** Steps after it: 0 for the latest; ascending. */
  stepsAgo: Int32Array
}

/** Reads the session steps of a history; a return is no step, and of an item that was sent back whole none before it is. */
export function sessionStepsOf(history: History, items: ItemIndex): SessionSteps {
  const rows: number[] = []
  const stepsAgo: number[] = []
  const sentBack = new Set<string>()
  const isSentBackWhole = (itemId: string) => Object.hasOwn(history.items, itemId) && isSentBack(history.items[itemId]!)
  let step = -1
  let latest = Number.NaN
  for (let n = history.recent.length - 1; n >= 0; n--) {
    const { itemId, kind, at }: Interaction = history.recent[n]!
    if (kind === "return" && isSentBackWhole(itemId)) sentBack.add(itemId)
    if (kind === "return" || sentBack.has(itemId)) continue
    if (at !== latest) step++
    latest = at
    const row = items.indexOf.get(itemId)
    if (row === undefined) continue
    rows.push(row)
    stepsAgo.push(step)
  }
  return { rows: Int32Array.from(rows), stepsAgo: Int32Array.from(stepsAgo) }
}

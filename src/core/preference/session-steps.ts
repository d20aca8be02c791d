import type { ItemIndex } from "../artifact/item-index.ts"
import type { History, Interaction } from "../history/history.ts"

/** The latest interactions with items a release knows, latest first; things done at once share a step. */
export interface SessionSteps {
  rows: Int32Array
  /** Steps after it: 0 for the latest; ascending. */
  stepsAgo: Int32Array
}

/** Reads the session steps of a history; returned items show no interest and are left out. */
export function sessionStepsOf(history: History, items: ItemIndex): SessionSteps {
  const rows: number[] = []
  const stepsAgo: number[] = []
  let step = -1
  let latest = Number.NaN
  for (let n = history.recent.length - 1; n >= 0; n--) {
    const { itemId, kind, at }: Interaction = history.recent[n]!
    if (kind === "return") continue
    if (at !== latest) step++
    latest = at
    const row = items.indexOf.get(itemId)
    if (row === undefined) continue
    rows.push(row)
    stepsAgo.push(step)
  }
  return { rows: Int32Array.from(rows), stepsAgo: Int32Array.from(stepsAgo) }
}

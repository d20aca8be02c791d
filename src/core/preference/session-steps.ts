import type { ItemIndex } from "../artifact/item-index.ts"
import type { History, Interaction } from "../history/history.ts"

/** The latest interactions with items a release knows, latest first; things done at once share a moment. */
export interface Moments {
  rows: Int32Array
  /** How many moments lie after it: 0 for the latest; ascending. */
  back: Int32Array
}

/** What a history keeps of the latest interactions; what was sent back is no interest. */
export function momentsOf(history: History, items: ItemIndex): Moments {
  const rows: number[] = []
  const back: number[] = []
  let moment = -1
  let latest = Number.NaN
  for (let n = history.recent.length - 1; n >= 0; n--) {
    const { itemId, kind, at }: Interaction = history.recent[n]!
    if (kind === "return") continue
    if (at !== latest) moment++
    latest = at
    const row = items.indexOf.get(itemId)
    if (row === undefined) continue
    rows.push(row)
    back.push(moment)
  }
  return { rows: Int32Array.from(rows), back: Int32Array.from(back) }
}

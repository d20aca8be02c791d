import type { ItemIndex } from "../../src/core/artifact/item-index.ts"
import type { History } from "../../src/core/history/history.ts"
import { sessionStepsOf } from "../../src/core/preference/session-steps.ts"
import type { Sequences } from "../../src/core/preference/sessions.ts"

/** The latest interactions of each customer in order of time; the sequence that ended first is the first. */
export interface TimedSequences extends Omit<Sequences, "freshness"> {
  /** For each sequence the share of all sequences that ended later. */
  later: Float64Array
}

/** Returns the sequences that histories keep. */
export function sequencesOf(histories: readonly History[], items: ItemIndex): TimedSequences {
  const known = histories.filter(({ recent }) => recent.length > 0)
  const ends = known.map(({ recent }) => recent.at(-1)!.at)
  const order = [...known.keys()].sort((a, b) => ends[a]! - ends[b]! || a - b)
  const steps = order.map((n) => sessionStepsOf(known[n]!, items))
  const offsets = new Int32Array(order.length + 1)
  steps.forEach(({ rows }, s) => {
    offsets[s + 1] = offsets[s]! + rows.length
  })
  const rows = new Int32Array(offsets[order.length]!)
  const at = new Int32Array(rows.length)
  steps.forEach((own, s) => {
    const length = own.rows.length
    const longest = own.stepsAgo[length - 1] ?? 0
    for (let n = 0; n < length; n++) {
      rows[offsets[s]! + n] = own.rows[length - 1 - n]!
      at[offsets[s]! + n] = longest - own.stepsAgo[length - 1 - n]!
    }
  })
  return { offsets, rows, steps: at, later: sharesLater(order.map((n) => ends[n]!)) }
}

/** Equal ends are equally late. */
function sharesLater(ends: readonly number[]): Float64Array {
  const later = new Float64Array(ends.length)
  for (let s = ends.length - 2; s >= 0; s--) {
    later[s] = ends[s] === ends[s + 1] ? later[s + 1]! : (ends.length - 1 - s) / ends.length
  }
  return later
}

/** Returns each sequence's recency weight: e^(−later / share); 1 where `share` is 0. */
export const freshnessOf = ({ later }: TimedSequences, share: number): Float64Array =>
  later.map((later) => (share === 0 ? 1 : Math.exp(-later / share)))

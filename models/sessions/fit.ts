import type { Sequences, SessionParameters } from "../../src/core/preference/sessions.ts"
import { freshnessOf, type TimedSequences } from "../data/sequences.ts"

export interface SessionFitParameters extends SessionParameters {
  /** Sequences fade by e^(-share of sequences that ended later / this); 0: never. */
  recencyShare: number
  /** The most sequences that are kept, the latest. */
  maxSequences: number
}

/** Keeps the latest sequences of two items or more, without names, each with its recency weight. */
export function fitSessions(
  sequences: TimedSequences,
  { recencyShare, maxSequences, ...parameters }: SessionFitParameters,
): Sequences & SessionParameters {
  const fresh = freshnessOf(sequences, recencyShare)
  const lengthOf = (s: number) => sequences.offsets[s + 1]! - sequences.offsets[s]!
  const kept = Int32Array.from(fresh.keys())
    .filter((s) => lengthOf(s) > 1)
    .slice(-maxSequences)
  const offsets = new Int32Array(kept.length + 1)
  kept.forEach((s, n) => {
    offsets[n + 1] = offsets[n]! + lengthOf(s)
  })
  const rows = new Int32Array(offsets[kept.length]!)
  const steps = new Int32Array(rows.length)
  kept.forEach((s, n) => {
    rows.set(sequences.rows.subarray(sequences.offsets[s]!, sequences.offsets[s + 1]!), offsets[n]!)
    steps.set(sequences.steps.subarray(sequences.offsets[s]!, sequences.offsets[s + 1]!), offsets[n]!)
  })
  return { offsets, rows, steps, freshness: Float32Array.from(kept, (s) => fresh[s]!), ...parameters }
}

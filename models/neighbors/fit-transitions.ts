import type { Graph } from "../../src/core/preference/neighbors.ts"
import { addScore, type SparseScores } from "../../src/core/preference/sparse-scores.ts"
import { freshnessOf, type TimedSequences } from "../data/sequences.ts"
import { addRow, addTwoSteps, collectGraph, reverse, type Sources, scaleRows } from "./collect-graph.ts"

export interface TransitionParameters {
  /** Pairs at most so many steps apart count, by 1 / their distance. */
  maxSteps: number
  /** A sequence's weight fades by e^(−share of sequences that ended later / this); 0: it does not. */
  recencyShare: number
  /** Rows of `transitions` are divided by their sum to this power. */
  sourceExponent: number
  /** Weight of backward edges in the second step of `twoStepTransitions`. */
  backward: number
  /** Edges of each item that `twoStepTransitions` goes along, and edges kept. */
  followedEdges: number
  edgesPerItem: number
}

/** Fits three graphs: `transitions` to later items of the same sequences, nearer ones more; `directTransitions` to the next step; `twoStepTransitions` along two such edges. */
export function fitTransitions(
  sequences: TimedSequences,
  items: number,
  { maxSteps, recencyShare, sourceExponent, backward, followedEdges, edgesPerItem }: TransitionParameters,
): { transitions: Graph; directTransitions: Graph; twoStepTransitions: Graph } {
  const places = placesOf(sequences, items)
  const fresh = freshnessOf(sequences, recencyShare)
  const raw = countLater(sequences, places, items, { maxSteps, recencyShare, edgesPerItem })
  const right = collectGraph(
    items,
    edgesPerItem,
    (source, row) => {
      eachLater(sequences, places, source, 1, (target, sequence) => addScore(row, target, fresh[sequence]!))
    },
    { loops: true },
  )
  const back = reverse(raw)
  const step = collectGraph(items, followedEdges, (source, row) => addRow(raw, source, 1, row))
  const along = scaleRows(step, 1)
  const near = scaleRows(
    collectGraph(items, followedEdges, (source, row) => {
      addRow(raw, source, 1, row)
      addRow(back, source, backward, row)
    }),
    1,
  )
  const twoStepTransitions = collectGraph(items, edgesPerItem, (source, row) => {
    addTwoSteps(along, near, source, row)
    addTwoSteps(near, along, source, row)
  })
  return { transitions: scaleRows(raw, sourceExponent), directTransitions: scaleRows(right, 1), twoStepTransitions }
}

/** `transitions` alone. */
export const fitOnlyTransitions = (
  sequences: TimedSequences,
  items: number,
  parameters: TransitionParameters,
  sources?: Sources,
): Graph =>
  scaleRows(countLater(sequences, placesOf(sequences, items), items, parameters, sources), parameters.sourceExponent)

function countLater(
  sequences: TimedSequences,
  places: Places,
  items: number,
  { maxSteps, recencyShare, edgesPerItem }: Pick<TransitionParameters, "maxSteps" | "recencyShare" | "edgesPerItem">,
  sources?: Sources,
): Graph {
  const fresh = freshnessOf(sequences, recencyShare)
  const write = (source: number, row: SparseScores) =>
    eachLater(sequences, places, source, maxSteps, (target, sequence, distance) =>
      addScore(row, target, fresh[sequence]! / distance),
    )
  return collectGraph(items, edgesPerItem, write, { sources })
}

interface Places {
  offsets: Int32Array
  entry: Int32Array
  sequence: Int32Array
}

/** Returns the occurrences of each item. */
function placesOf({ offsets, rows }: TimedSequences, items: number): Places {
  const starts = new Int32Array(items + 1)
  for (const row of rows) starts[row + 1]!++
  for (let row = 0; row < items; row++) starts[row + 1]! += starts[row]!
  const next = starts.slice()
  const entry = new Int32Array(rows.length)
  const sequence = new Int32Array(rows.length)
  for (let s = 0; s + 1 < offsets.length; s++) {
    for (let e = offsets[s]!; e < offsets[s + 1]!; e++) {
      const place = next[rows[e]!]!++
      entry[place] = e
      sequence[place] = s
    }
  }
  return { offsets: starts, entry, sequence }
}

function eachLater(
  { offsets, rows, steps }: TimedSequences,
  places: Places,
  source: number,
  maxSteps: number,
  visit: (target: number, sequence: number, distance: number) => void,
): void {
  for (let n = places.offsets[source]!; n < places.offsets[source + 1]!; n++) {
    const from = places.entry[n]!
    const sequence = places.sequence[n]!
    const end = offsets[sequence + 1]!
    for (let e = from + 1; e < end; e++) {
      const distance = steps[e]! - steps[from]!
      if (distance > maxSteps) break
      if (distance > 0) visit(rows[e]!, sequence, distance)
    }
  }
}

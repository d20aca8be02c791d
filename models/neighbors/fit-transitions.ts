import { type Graph, reversed } from "../../src/core/preference/neighbors.ts"
import { addScore, type SparseScores } from "../../src/core/preference/sparse-scores.ts"
import { type Occurrences, occurrencesOf } from "../data/occurrences.ts"
import { freshnessOf, type TimedSequences } from "../data/sequences.ts"
import { addRow, addTwoSteps, collectGraph, type Sources, scaleRows } from "./collect-graph.ts"

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
  const back = reversed(raw, items)
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
  places: Occurrences,
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

const placesOf = ({ offsets, rows }: TimedSequences, items: number): Occurrences => occurrencesOf(offsets, rows, items)

function eachLater(
  { offsets, rows, steps }: TimedSequences,
  places: Occurrences,
  source: number,
  maxSteps: number,
  visit: (target: number, sequence: number, distance: number) => void,
): void {
  for (let n = places.offsets[source]!; n < places.offsets[source + 1]!; n++) {
    const from = places.entry[n]!
    const sequence = places.group[n]!
    const end = offsets[sequence + 1]!
    for (let e = from + 1; e < end; e++) {
      const distance = steps[e]! - steps[from]!
      if (distance > maxSteps) break
      if (distance > 0) visit(rows[e]!, sequence, distance)
    }
  }
}

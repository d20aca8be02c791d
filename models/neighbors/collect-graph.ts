import type { Graph } from "../../src/core/preference/neighbors.ts"
import {
  addScore,
  clearScores,
  type SparseScores,
  sparseScores,
  topScores,
} from "../../src/core/preference/sparse-scores.ts"

/** Items that edges may lead from (mask, 1 = yes); without it all. */
export type Sources = Uint8Array | undefined

/** A graph of the strongest `edgesPerItem` of each source, whose row `write` adds up; no edge leads from an item to itself unless `loops`. */
export function collectGraph(
  items: number,
  edgesPerItem: number,
  write: (source: number, row: SparseScores) => void,
  { loops = false, sources }: { loops?: boolean; sources?: Sources } = {},
): Graph {
  const row = sparseScores(items)
  const allowed = new Uint8Array(items).fill(1)
  const offsets = new Int32Array(items + 1)
  let targets = new Int32Array(1024)
  let weights = new Float32Array(1024)
  let count = 0
  for (let source = 0; source < items; source++) {
    offsets[source + 1] = count
    if (sources?.[source] === 0) continue
    clearScores(row)
    write(source, row)
    if (!loops) allowed[source] = 0
    const best = topScores(row, allowed, edgesPerItem)
    allowed[source] = 1
    if (count + best.length > targets.length) {
      targets = grown(targets, new Int32Array(2 * targets.length + best.length))
      weights = grown(weights, new Float32Array(targets.length))
    }
    for (const target of best) {
      targets[count] = target
      weights[count++] = row.values[target]!
    }
    offsets[source + 1] = count
  }
  return { offsets, targets: targets.slice(0, count), weights: weights.slice(0, count) }
}

function grown<A extends Int32Array | Float32Array>(from: A, to: A): A {
  to.set(from)
  return to
}

/** The same edges with each row divided by its sum to a power. */
export function scaleRows({ offsets, targets, weights }: Graph, exponent: number): Graph {
  const scaled = weights.slice()
  for (let source = 0; source + 1 < offsets.length; source++) {
    const row = scaled.subarray(offsets[source]!, offsets[source + 1]!)
    const total = row.reduce((sum, weight) => sum + weight, 0)
    if (total > 0) for (let n = 0; n < row.length; n++) row[n]! /= total ** exponent
  }
  return { offsets, targets, weights: scaled }
}

/** Adds the edges of a graph's row, times `scale`. */
export function addRow({ offsets, targets, weights }: Graph, source: number, scale: number, out: SparseScores): void {
  const end = offsets[source + 1]!
  for (let edge = offsets[source]!; edge < end; edge++) addScore(out, targets[edge]!, scale * weights[edge]!)
}

/** Adds the items two edges away: along `first`, then along `second`. */
export function addTwoSteps(first: Graph, second: Graph, source: number, out: SparseScores): void {
  const end = first.offsets[source + 1]!
  for (let edge = first.offsets[source]!; edge < end; edge++) {
    addRow(second, first.targets[edge]!, first.weights[edge]!, out)
  }
}

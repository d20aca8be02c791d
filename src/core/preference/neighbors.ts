import type { History } from "../history/history.ts"
import { ApiError } from "../problem.ts"
import { type ArtifactContent, halfLifeOf, metadataNumber, tensorValues, writeHalfLife } from "./artifact.ts"
import { fade, type TimedInteractions } from "./confidences.ts"
import { readItems, writeItems } from "./item-index.ts"
import type { ItemIndex } from "./release.ts"

/** The item graph: source row `i` points at `targets[offsets[i] … offsets[i + 1])`, each with its weight (CSR). */
export interface NeighborWeights {
  offsets: Int32Array
  targets: Int32Array
  weights: Float32Array
  /** How fast what lies behind fades as a source for long-term neighbours; `null`: never. */
  halfLifeDays: number | null
  /** What is left of an interaction's pull, in (0, 1], for each later moment at which something was done. */
  intentDecay: number
}

/** A weight for each of some item rows. */
export interface SparseQuery {
  index: Int32Array
  weight: Float32Array
}

/** Everything done counts by its confidence, faded by its age before the customer's latest interaction. */
export function tasteQuery(interactions: TimedInteractions, { halfLifeDays }: NeighborWeights): SparseQuery {
  const latest = interactions.lastAt.reduce((a, b) => Math.max(a, b), 0)
  const weight = interactions.confidence.map((c, n) => c * fade(latest - interactions.lastAt[n]!, halfLifeDays))
  return { index: interactions.index, weight }
}

/** The moment's intent: the latest interactions, each earlier moment pulling `intentDecay` times as much. */
export function intentQuery(history: History, items: ItemIndex, { intentDecay }: NeighborWeights): SparseQuery {
  const weightByRow = new Map<number, number>()
  let weight = 1
  for (let n = history.recent.length - 1; n >= 0; n--) {
    const { itemId, kind, at } = history.recent[n]!
    const later = history.recent[n + 1]
    if (later && later.at !== at) weight *= intentDecay
    const row = items.indexOf.get(itemId)
    if (weight < 1e-4) break
    if (row !== undefined && kind !== "return" && !weightByRow.has(row)) weightByRow.set(row, weight)
  }
  return { index: Int32Array.from(weightByRow.keys()), weight: Float32Array.from(weightByRow.values()) }
}

/** Writes into `out`, one value an item, the sum of the query's weights along the graph's arrows. */
export function scoreNeighbors(graph: NeighborWeights, query: SparseQuery, out: Float32Array): void {
  out.fill(0)
  for (let n = 0; n < query.index.length; n++) {
    const source = query.index[n]!
    const weight = query.weight[n]!
    const end = graph.offsets[source + 1]!
    for (let k = graph.offsets[source]!; k < end; k++) out[graph.targets[k]!]! += weight * graph.weights[k]!
  }
}

export function writeNeighbors(graph: NeighborWeights, items: ItemIndex): ArtifactContent {
  const { offsets, targets, weights, halfLifeDays, intentDecay } = graph
  return {
    metadata: {
      model: "neighbors",
      items: writeItems(items),
      ...writeHalfLife(halfLifeDays),
      intentDecay: String(intentDecay),
    },
    tensors: {
      offsets: { dtype: "I32", shape: [offsets.length], data: offsets },
      targets: { dtype: "I32", shape: [targets.length], data: targets },
      weights: { dtype: "F32", shape: [weights.length], data: weights },
    },
  }
}

/** Checks every arrow, so that scoring need not: throws `incompatibleArtifact` for one that leaves the items. */
export function readNeighbors(content: ArtifactContent): NeighborWeights {
  const { length } = readItems(content)
  const offsets = tensorValues(content, "offsets", "I32", [length + 1])
  const targets = tensorValues(content, "targets", "I32", [-1])
  const weights = tensorValues(content, "weights", "F32", [targets.length])
  const ascending = offsets.every((offset, n) => offset >= (n === 0 ? 0 : offsets[n - 1]!))
  if (!ascending || offsets[0] !== 0 || offsets[length] !== targets.length) {
    throw new ApiError("incompatibleArtifact", "write offsets of neighbors ascending from 0 to the number of targets")
  }
  if (!targets.every((target) => target >= 0 && target < length)) {
    throw new ApiError("incompatibleArtifact", `write targets of neighbors as rows between 0 and ${length - 1}`)
  }
  return {
    offsets,
    targets,
    weights,
    halfLifeDays: halfLifeOf(content),
    intentDecay: metadataNumber(content, "intentDecay"),
  }
}

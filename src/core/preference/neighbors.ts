import {
  type ArtifactContent,
  halfLifeOf,
  metadataNumber,
  type Tensor,
  tensorValues,
  writeHalfLife,
} from "../artifact/artifact.ts"
import type { ItemIndex } from "../artifact/item-index.ts"
import { readItems, writeItems } from "../artifact/item-index.ts"
import { ApiError } from "../problem/problem.ts"
import { type CooperativeTask, runAtOnce } from "../time/cooperative-task.ts"
import { fade, type TimedInteractions } from "./confidences.ts"
import { type GraphName, graphNames, type SessionScorer, sessionScorerNames } from "./scorers.ts"
import type { SessionSteps } from "./session-steps.ts"
import { addScore, type SparseScores } from "./sparse-scores.ts"

/** An item graph: source row `i` points at `targets[offsets[i] … offsets[i + 1])`, each with its positive weight (CSR). */
export interface Graph {
  offsets: Int32Array
  targets: Int32Array
  weights: Float32Array
}

/** The graphs of a release and how a customer's past asks them. */
export interface NeighborWeights {
  graphs: Readonly<Record<GraphName, Graph>>
  /** Half-life, in days, of past interactions as sources of neighbours; `null`: they do not fade. */
  halfLifeDays: number | null
  /** Factor on an interaction's weight, in (0, 1], for each later session step. */
  decays: Readonly<Record<SessionScorer, number>>
}

/** A weight for each of some item rows. */
export interface SparseQuery {
  index: Int32Array
  weight: Float32Array
}

/** A graph of `items` rows without edges. */
export const emptyGraph = (items: number): Graph => ({
  offsets: new Int32Array(items + 1),
  targets: new Int32Array(0),
  weights: new Float32Array(0),
})

/** Returns every edge turned round, from each of `rows` targets to the sources in ascending order. */
export function reversed({ offsets, targets, weights }: Graph, rows: number): Graph {
  const starts = new Int32Array(rows + 1)
  for (const target of targets) starts[target + 1]!++
  for (let row = 0; row < rows; row++) starts[row + 1]! += starts[row]!
  const next = starts.slice()
  const turned = { offsets: starts, targets: new Int32Array(targets.length), weights: new Float32Array(targets.length) }
  for (let source = 0; source + 1 < offsets.length; source++) {
    for (let edge = offsets[source]!; edge < offsets[source + 1]!; edge++) {
      const place = next[targets[edge]!]!++
      turned.targets[place] = source
      turned.weights[place] = weights[edge]!
    }
  }
  return turned
}

/** Everything done counts by its confidence, faded by its age before the customer's latest interaction. */
export function historyQuery(
  interactions: TimedInteractions,
  { halfLifeDays }: Pick<NeighborWeights, "halfLifeDays">,
): SparseQuery {
  const latest = interactions.lastAt.reduce((a, b) => Math.max(a, b), 0)
  const weight = interactions.confidence.map((c, n) => c * fade(latest - interactions.lastAt[n]!, halfLifeDays))
  return { index: interactions.index, weight }
}

/** The latest items, each once, an earlier step pulling `decay` times as much as the one after it. */
export function sessionQuery({ rows, stepsAgo }: SessionSteps, decay: number): SparseQuery {
  const weightByRow = new Map<number, number>()
  for (let n = 0; n < rows.length; n++) {
    const weight = decay ** stepsAgo[n]!
    if (weight < 1e-3) break
    if (!weightByRow.has(rows[n]!)) weightByRow.set(rows[n]!, weight)
  }
  return { index: Int32Array.from(weightByRow.keys()), weight: Float32Array.from(weightByRow.values()) }
}

/** Adds, one value an item, the sum of the query's weights along the graph's edges. */
export function scoreNeighbors({ offsets, targets, weights }: Graph, query: SparseQuery, out: SparseScores): void {
  for (let n = 0; n < query.index.length; n++) {
    const source = query.index[n]!
    const weight = query.weight[n]!
    const end = offsets[source + 1]!
    for (let k = offsets[source]!; k < end; k++) addScore(out, targets[k]!, weight * weights[k]!)
  }
}

export function writeNeighbors({ graphs, halfLifeDays, decays }: NeighborWeights, items: ItemIndex): ArtifactContent {
  const decaysByName = Object.fromEntries(
    sessionScorerNames.map((scorer) => [`${scorer}Decay`, String(decays[scorer])]),
  )
  return {
    metadata: { model: "neighbors", items: writeItems(items), ...writeHalfLife(halfLifeDays), ...decaysByName },
    tensors: graphTensors(graphs, graphNames),
  }
}

/** Returns graphs as the tensors of an artifact, which `readGraph` reads. */
export function graphTensors<Name extends string>(
  graphs: Readonly<Record<Name, Graph>>,
  names: readonly Name[],
): Record<string, Tensor> {
  const tensors: Record<string, Tensor> = {}
  for (const name of names) {
    const { offsets, targets, weights } = graphs[name]
    tensors[`${name}.offsets`] = { dtype: "I32", shape: [offsets.length], data: offsets }
    tensors[`${name}.targets`] = { dtype: "I32", shape: [targets.length], data: targets }
    tensors[`${name}.weights`] = { dtype: "F32", shape: [weights.length], data: weights }
  }
  return tensors
}

/** Checks every edge, so that scoring need not: throws `incompatibleArtifact` for one that leaves the items. */
export const readNeighbors = (content: ArtifactContent): NeighborWeights => runAtOnce(readingNeighbors(content))

/** The same in steps, one a graph. */
export function* readingNeighbors(content: ArtifactContent): CooperativeTask<NeighborWeights> {
  const { length } = readItems(content)
  const graphs: Partial<Record<GraphName, Graph>> = {}
  for (const name of graphNames) {
    yield
    graphs[name] = readGraph(content, name, length)
  }
  const decays = Object.fromEntries(
    sessionScorerNames.map((scorer) => [scorer, metadataNumber(content, `${scorer}Decay`)]),
  )
  return {
    graphs: graphs as Record<GraphName, Graph>,
    halfLifeDays: halfLifeOf(content),
    decays: decays as Record<SessionScorer, number>,
  }
}

/** Reads one graph of an artifact; throws `incompatibleArtifact` for an edge that leaves the items or whose weight is not positive. */
export function readGraph(content: ArtifactContent, name: string, items: number): Graph {
  const offsets = tensorValues(content, `${name}.offsets`, "I32", [items + 1])
  const targets = tensorValues(content, `${name}.targets`, "I32", [-1])
  const weights = tensorValues(content, `${name}.weights`, "F32", [targets.length])
  requireRows(offsets, targets, items, name)
  for (let edge = 0; edge < weights.length; edge++) {
    if (!(weights[edge]! > 0))
      throw new ApiError("incompatibleArtifact", `write weights of ${name} as positive numbers`)
  }
  return { offsets, targets, weights }
}

/** Throws `incompatibleArtifact` unless the offsets ascend from 0 to the number of targets, and each target is one of `items` rows. */
export function requireRows(offsets: Int32Array, targets: Int32Array, items: number, name: string): void {
  const ascending = offsets.every((offset, n) => offset >= (n === 0 ? 0 : offsets[n - 1]!))
  if (!ascending || offsets[0] !== 0 || offsets.at(-1) !== targets.length) {
    throw new ApiError("incompatibleArtifact", `write offsets of ${name} ascending from 0 to the number of targets`)
  }
  // A loop, because there are millions and a call for each takes five times as long.
  for (let edge = 0; edge < targets.length; edge++) {
    if (targets[edge]! < 0 || targets[edge]! >= items)
      throw new ApiError("incompatibleArtifact", `write targets of ${name} as rows between 0 and ${items - 1}`)
  }
}

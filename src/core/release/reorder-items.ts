import { type ArtifactContent, type Tensor, tensorValues } from "../artifact/artifact.ts"
import type { ItemIndex } from "../artifact/item-index.ts"
import { readItems, writeItems } from "../artifact/item-index.ts"
import { type Graph, readNeighbors, writeNeighbors } from "../preference/neighbors.ts"
import { itemStatistics } from "../preference/popularity.ts"
import { type RecipeGraphs, readRecipes, writeRecipes } from "../preference/recipe-graphs.ts"
import { type GraphName, graphNames } from "../preference/scorers.ts"
import type { ModelName } from "./release.ts"

/** The same artifact with its rows in the order of other items; an item it does not know gets zeros and no edges. */
export function reorderItems(
  model: ModelName | "recipes",
  content: ArtifactContent,
  items: ItemIndex,
): ArtifactContent {
  if (model === "blend") return content
  const rowOf = new Map(readItems(content).map((id, row) => [id, row]))
  const sources = Int32Array.from(items.ids, (id) => rowOf.get(id) ?? -1)
  if (model === "neighbors") return reorderGraphs(content, items, sources)
  if (model === "recipes") return reorderRecipes(content, items, sources)
  if (model === "sessions") return renumberEntries(content, items, sources)
  const tensors = { ...content.tensors }
  for (const name of rowTensors[model]) tensors[name] = reorderRows(content, name, rowOf.size, sources)
  return { metadata: { ...content.metadata, items: writeItems(items) }, tensors }
}

const rowTensors = {
  preference: ["itemFactors"],
  habit: ["rebuyRate"],
  popularity: itemStatistics,
} as const

function reorderRows(content: ArtifactContent, name: string, rows: number, sources: Int32Array): Tensor {
  const [, ...shape] = content.tensors[name]?.shape ?? []
  const values = tensorValues(content, name, "F32", [rows, ...shape])
  const width = shape.reduce((product, size) => product * size, 1)
  const data = new Float32Array(sources.length * width)
  sources.forEach((source, row) => {
    if (source >= 0) data.set(values.subarray(source * width, (source + 1) * width), row * width)
  })
  return { dtype: "F32", shape: [sources.length, ...shape], data }
}

function reorderGraphs(content: ArtifactContent, items: ItemIndex, sources: Int32Array): ArtifactContent {
  const neighbors = readNeighbors(content)
  const newRowOf = newRows(sources)
  const graphs = graphNames.map((name) => [name, reorderGraph(neighbors.graphs[name], sources, newRowOf)] as const)
  return writeNeighbors({ ...neighbors, graphs: Object.fromEntries(graphs) as Record<GraphName, Graph> }, items)
}

function reorderRecipes(content: ArtifactContent, items: ItemIndex, sources: Int32Array): ArtifactContent {
  const newRowOf = newRows(sources)
  const graphs = Object.entries(readRecipes(content)).map(
    ([name, graph]) => [name, reorderGraph(graph, sources, newRowOf)] as const,
  )
  return writeRecipes(Object.fromEntries(graphs) as RecipeGraphs, items)
}

function reorderGraph(graph: Graph, sources: Int32Array, newRowOf: ReadonlyMap<number, number>): Graph {
  const offsets = new Int32Array(sources.length + 1)
  const targets: number[] = []
  const weights: number[] = []
  sources.forEach((source, row) => {
    const [start, end] = source < 0 ? [0, 0] : [graph.offsets[source]!, graph.offsets[source + 1]!]
    for (let edge = start; edge < end; edge++) {
      const target = newRowOf.get(graph.targets[edge]!)
      if (target === undefined) continue
      targets.push(target)
      weights.push(graph.weights[edge]!)
    }
    offsets[row + 1] = targets.length
  })
  return { offsets, targets: Int32Array.from(targets), weights: Float32Array.from(weights) }
}

/** Sequences keep their order; an entry whose item is among none of the others' leaves. */
function renumberEntries(content: ArtifactContent, items: ItemIndex, sources: Int32Array): ArtifactContent {
  const offsets = tensorValues(content, "offsets", "I32", [-1])
  const rows = tensorValues(content, "rows", "I32", [-1])
  const steps = tensorValues(content, "steps", "I32", [rows.length])
  const newRowOf = newRows(sources)
  const kept = Int32Array.from(rows.keys()).filter((entry) => newRowOf.has(rows[entry]!))
  const ends = offsets.map((offset) => lowerBound(kept, offset))
  const data = (values: Int32Array): Tensor => ({ dtype: "I32", shape: [values.length], data: values })
  return {
    metadata: { ...content.metadata, items: writeItems(items) },
    tensors: {
      ...content.tensors,
      offsets: data(ends),
      rows: data(kept.map((entry) => newRowOf.get(rows[entry]!)!)),
      steps: data(kept.map((entry) => steps[entry]!)),
    },
  }
}

const newRows = (sources: Int32Array): ReadonlyMap<number, number> =>
  new Map([...sources.entries()].map(([row, source]) => [source, row]))

/** Counts the ascending values below `bound`. */
function lowerBound(values: Int32Array, bound: number): number {
  let [low, high] = [0, values.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if (values[middle]! < bound) low = middle + 1
    else high = middle
  }
  return low
}

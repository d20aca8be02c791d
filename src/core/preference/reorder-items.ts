import { type ArtifactContent, type Tensor, tensorValues } from "./artifact.ts"
import { readItems, writeItems } from "./item-index.ts"
import { readNeighbors, writeNeighbors } from "./neighbors.ts"
import type { ItemIndex, ModelName } from "./release.ts"

/** The same artifact with its rows in the order of other items; an item it does not know gets zeros and no arrows. */
export function reorderItems(model: ModelName, content: ArtifactContent, items: ItemIndex): ArtifactContent {
  if (model === "blend") return content
  const rowOf = new Map(readItems(content).map((id, row) => [id, row]))
  const sources = Int32Array.from(items.ids, (id) => rowOf.get(id) ?? -1)
  if (model === "neighbors") return reorderArrows(content, items, sources)
  const tensors = { ...content.tensors }
  for (const name of rowTensors[model]) tensors[name] = reorderRows(content, name, rowOf.size, sources)
  return { metadata: { ...content.metadata, items: writeItems(items) }, tensors }
}

const rowTensors = {
  preference: ["itemFactors"],
  habit: ["rebuyRate"],
  popularity: ["overall", "firstOrder"],
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

function reorderArrows(content: ArtifactContent, items: ItemIndex, sources: Int32Array): ArtifactContent {
  const graph = readNeighbors(content)
  const newRowOf = new Map([...sources.entries()].map(([row, source]) => [source, row]))
  const offsets = new Int32Array(sources.length + 1)
  const targets: number[] = []
  const weights: number[] = []
  sources.forEach((source, row) => {
    const [start, end] = source < 0 ? [0, 0] : [graph.offsets[source]!, graph.offsets[source + 1]!]
    for (let arrow = start; arrow < end; arrow++) {
      const target = newRowOf.get(graph.targets[arrow]!)
      if (target === undefined) continue
      targets.push(target)
      weights.push(graph.weights[arrow]!)
    }
    offsets[row + 1] = targets.length
  })
  const arrows = { targets: Int32Array.from(targets), weights: Float32Array.from(weights) }
  return writeNeighbors({ ...graph, offsets, ...arrows }, items)
}

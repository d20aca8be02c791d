import { type ArtifactContent, metadataNumber, type Tensor, tensorValues } from "../artifact/artifact.ts"
import { ApiError } from "../problem/problem.ts"

/**
 * A sum of symmetric trees: every node of a level asks the same question, so a leaf's number is the answers' bits (Kohavi and Li
 * 1995; Prokhorenkova et al. 2018).
 */
export interface BoostedTrees {
  depth: number
  bias: number
  /** The column that a level asks about, and the value that a yes lies above; `depth` a tree. */
  column: Int32Array
  border: Float32Array
  /** 2^depth a tree, in logits. */
  leaf: Float32Array
}

/** The logit of the row that starts at `from`. */
export function treesLogit({ depth, bias, column, border, leaf }: BoostedTrees, rows: Float32Array, from = 0): number {
  let logit = bias
  for (let tree = 0, node = 0; node < column.length; tree++) {
    let place = 0
    for (let level = 0; level < depth; level++, node++) {
      if (rows[from + column[node]!]! > border[node]!) place |= 1 << level
    }
    logit += leaf[(tree << depth) + place]!
  }
  return logit
}

export const treesMetadata = (name: string, { depth, bias }: BoostedTrees): Record<string, string> => ({
  [`${name}Depth`]: String(depth),
  [`${name}Bias`]: String(bias),
})

export const treesTensors = (name: string, { column, border, leaf }: BoostedTrees): Record<string, Tensor> => ({
  [`${name}Column`]: { dtype: "I32", shape: [column.length], data: column },
  [`${name}Border`]: { dtype: "F32", shape: [border.length], data: border },
  [`${name}Leaf`]: { dtype: "F32", shape: [leaf.length], data: leaf },
})

/** Reads the trees kept under a name; throws `incompatibleArtifact` where their sizes do not fit, or they ask for a column of no such row. */
export function readTrees(content: ArtifactContent, name: string, columns: number): BoostedTrees {
  const depth = metadataNumber(content, `${name}Depth`)
  const column = tensorValues(content, `${name}Column`, "I32", [-1])
  if (!column.every((of) => of >= 0 && of < columns)) {
    throw new ApiError("incompatibleArtifact", `train again: the trees of ${name} use columns that do not exist`)
  }
  return {
    depth,
    bias: metadataNumber(content, `${name}Bias`),
    column,
    border: tensorValues(content, `${name}Border`, "F32", [column.length]),
    leaf: tensorValues(content, `${name}Leaf`, "F32", [(column.length / Math.max(1, depth)) * 2 ** depth]),
  }
}

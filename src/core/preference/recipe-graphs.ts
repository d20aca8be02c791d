import type { ArtifactContent, Tensor } from "../artifact/artifact.ts"
import { type ItemIndex, readItems, writeItems } from "../artifact/item-index.ts"
import { type Graph, readGraph } from "./neighbors.ts"

/** Item graphs of lists beside an item or a cart; the graphs that rank for a customer are others. */
const recipeGraphNames = ["boughtTogether", "basketCompletion", "viewedTogether"] as const
type RecipeGraphName = (typeof recipeGraphNames)[number]

/**
 * `boughtTogether`: P(target in the basket | source in it), shrunk, to complement one item. `basketCompletion`: weights of regressions,
 * summed to complement several. `viewedTogether`: P(target viewed in the visit | source viewed), shrunk, for alternatives.
 */
export type RecipeGraphs = Readonly<Record<RecipeGraphName, Graph>>

export const writeRecipes = (graphs: RecipeGraphs, items: ItemIndex): ArtifactContent => {
  const tensors: Record<string, Tensor> = {}
  for (const name of recipeGraphNames) {
    const { offsets, targets, weights } = graphs[name]
    tensors[`${name}.offsets`] = { dtype: "I32", shape: [offsets.length], data: offsets }
    tensors[`${name}.targets`] = { dtype: "I32", shape: [targets.length], data: targets }
    tensors[`${name}.weights`] = { dtype: "F32", shape: [weights.length], data: weights }
  }
  return { metadata: { model: "recipes", items: writeItems(items) }, tensors }
}

/** Reads what `writeRecipes` wrote; throws `incompatibleArtifact` for an edge that leaves the items. */
export function readRecipes(content: ArtifactContent): RecipeGraphs {
  const { length } = readItems(content)
  return {
    boughtTogether: readGraph(content, "boughtTogether", length),
    basketCompletion: readGraph(content, "basketCompletion", length),
    viewedTogether: readGraph(content, "viewedTogether", length),
  }
}

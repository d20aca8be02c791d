import type { ArtifactContent } from "../artifact/artifact.ts"
import { type ItemIndex, readItems, writeItems } from "../artifact/item-index.ts"
import { type Graph, graphTensors, readGraph } from "./neighbors.ts"

/** Item graphs of lists beside an item or a cart; the graphs that rank for a customer are others. */
const recipeGraphNames = ["boughtTogether", "basketCompletion", "viewedTogether"] as const
type RecipeGraphName = (typeof recipeGraphNames)[number]

/**
 * `boughtTogether`: P(target in the basket | source in it), shrunk, to complement one item. `basketCompletion`: weights of regressions,
 * summed to complement several. `viewedTogether`: P(target viewed in the visit | source viewed), shrunk, for alternatives.
 */
export type RecipeGraphs = Readonly<Record<RecipeGraphName, Graph>>

export const writeRecipes = (graphs: RecipeGraphs, items: ItemIndex): ArtifactContent => ({
  metadata: { model: "recipes", items: writeItems(items) },
  tensors: graphTensors(graphs, recipeGraphNames),
})

/** Reads what `writeRecipes` wrote; throws `incompatibleArtifact` for an edge that leaves the items. */
export function readRecipes(content: ArtifactContent): RecipeGraphs {
  const { length } = readItems(content)
  return {
    boughtTogether: readGraph(content, "boughtTogether", length),
    basketCompletion: readGraph(content, "basketCompletion", length),
    viewedTogether: readGraph(content, "viewedTogether", length),
  }
}

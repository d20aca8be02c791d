import { emptyHistory } from "../../../src/core/history/history.ts"
import { emptyGraph } from "../../../src/core/preference/neighbors.ts"
import { alternativesTo } from "../../../src/core/recipe/related-items.ts"
import { catalogueOfIds } from "../../data/evaluation-cases.ts"
import { visitsOf } from "../../data/item-groups.ts"
import { fitRecipes, startingRecipes } from "../../recipes/fit-recipes.ts"
import type { SearchTools } from "../../search/model-search.ts"
import { searchRecipes } from "../../search/search-recipes.ts"
import { now } from "../quality/protocol.ts"
import { readSessions } from "../quality/read-sessions.ts"
import { sessionsProtocol } from "../quality/sessions.ts"
import { type Ask, askCosine, countPairs } from "./cosine.ts"
import { nextViewHits } from "./neighbor-hits.ts"
import { ratioOf } from "./ratio.ts"

/** Measures alternatives by the next item viewed, another one, from the current item alone, against item cosine over sessions. */
export async function measureAlternatives(folder: string, tools: SearchTools & { seed: number }) {
  const { training, queries } = sessionsProtocol(readSessions(folder), tools.seed)
  const { past, windows } = training
  const { parameters } = await searchRecipes(startingRecipes, { before: windows!.later.past, after: past }, tools)
  const recipes = await fitRecipes(past, parameters, tools)
  const { ids, indexOf } = past.items
  const pairs = queries.flatMap(({ history, relevant }) => {
    const current = history.recent.at(-1)!.itemId
    const [next] = relevant
    if (next === undefined || next === current) return []
    return [[indexOf.get(current) ?? ids.length, indexOf.get(next) ?? ids.length] as const]
  })
  const visits = visitsOf(past.histories, past.items, { until: past.untilMs })
  const sets = [...visits.customer.keys()].map((g) => [
    ...visits.rows.subarray(visits.offsets[g]!, visits.offsets[g + 1]!),
  ])
  const cosine = askCosine(countPairs(sets, ids.length + 1), 1)
  const catalogue = catalogueOfIds(ids)
  const none = emptyGraph(ids.length)
  const models = { items: past.items, recipes, neighbors: { graphs: { coOccurrence: none, content: none } } }
  const question = { repeats: "allowed", history: emptyHistory, nowMs: now } as const
  const served: Ask = (rows, limit) => {
    const items = rows.flatMap((row) => ids[row] ?? [])
    return alternativesTo({ ...question, items, limit }, models, catalogue).map(({ itemId }) => indexOf.get(itemId)!)
  }
  const [ours, theirs] = [nextViewHits(served, pairs), nextViewHits(cosine, pairs)]
  const share = (hits: readonly number[]) => hits.reduce((sum, hit) => sum + hit, 0) / hits.length
  return { pairs: pairs.length, ratio: ratioOf(ours, theirs), served: share(ours), cosine: share(theirs), parameters }
}

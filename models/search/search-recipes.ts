import { discount, idealGain } from "../../src/core/measure/ranking-metrics.ts"
import type { Graph } from "../../src/core/preference/neighbors.ts"
import { scoreNeighbors } from "../../src/core/preference/neighbors.ts"
import { clearScores, sparseScores, topScores } from "../../src/core/preference/sparse-scores.ts"
import { basketsOf, type ItemGroups, visitsOf } from "../data/item-groups.ts"
import type { Past } from "../data/past.ts"
import { spread } from "../data/window.ts"
import { createRandom, shuffled } from "../random.ts"
import { type CompletionParameters, fitCompletion } from "../recipes/fit-completion.ts"
import type { RecipeParameters } from "../recipes/fit-recipes.ts"
import { fitTogether, type TogetherParameters } from "../recipes/fit-together.ts"
import type { Axes } from "./coordinate-search.ts"
import { modelSearch, type SearchStep, type SearchTools } from "./model-search.ts"
import type { QueryResults } from "./validation.ts"

const togetherAxes: Axes<TogetherParameters> = {
  targetExponent: [0, 0.05, 0.1, 0.2, 0.3, 0.5],
  support: [0, 1, 3, 10, 30],
  halfLifeDays: [30, 60, 120, 240, null],
  sizeExponent: [0, 0.25, 0.5],
}

const viewAxes: Axes<TogetherParameters> = {
  ...togetherAxes,
  distanceExponent: [0, 0.5, 1],
  backward: [0.5, 0.75, 1],
}

const completionAxes: Axes<CompletionParameters> = {
  regularization: [0.5, 1, 2, 4, 8],
  halfLifeDays: [60, 90, 180, 360, null],
  customerExponent: [0.25, 0.5, 0.75],
}

/** A question with items, and what was bought or viewed with them. */
interface GroupQuery {
  given: readonly number[]
  wanted: ReadonlySet<number>
  customer: number
}

/** Questions of a validation at most. */
const maxQueries = 3000
const depth = 20

/**
 * Chooses the parameters of each graph of the recipes on the baskets and visits between two pasts: `before` is learnt from, what `after`
 * knows besides is asked for. A graph with nothing to choose by keeps its start.
 */
export async function searchRecipes(
  start: RecipeParameters,
  { before, after }: { before: Past; after: Pick<Past, "histories" | "untilMs"> },
  { seed, ...tools }: SearchTools & { seed: number },
): Promise<{ parameters: RecipeParameters; steps: SearchStep[] }> {
  const { items, histories, untilMs } = before
  const size = items.ids.length
  const later = { from: untilMs, until: after.untilMs }
  const known = {
    baskets: basketsOf(histories, items, { until: untilMs }),
    visits: visitsOf(histories, items, { until: untilMs }),
  }
  const asked = {
    baskets: basketsOf(after.histories, items, later),
    visits: visitsOf(after.histories, items, later),
  }
  const togetherQuality = (groups: ItemGroups, queries: readonly GroupQuery[]) => {
    const sources = sourcesOf(queries, size)
    return (parameters: TogetherParameters) =>
      evaluate(fitTogether(groups, size, untilMs, parameters, sources), queries, size)
  }
  const { steps, search } = modelSearch(tools)
  let { boughtTogether, basketCompletion, viewedTogether } = start
  if (known.baskets.at.length > 0 && asked.baskets.at.length > 0) {
    const quality = togetherQuality(known.baskets, spread(oneGivenOf(asked.baskets), maxQueries))
    boughtTogether = (await search("boughtTogether", boughtTogether, togetherAxes, quality, { share: 0.3 })).best
    const halves = spread(halvesOf(asked.baskets, seed), maxQueries)
    const completing = async (parameters: CompletionParameters) =>
      evaluate(await fitCompletion(known.baskets, size, untilMs, parameters, tools), halves, size)
    basketCompletion = (await search("basketCompletion", basketCompletion, completionAxes, completing, { share: 0.7 }))
      .best
  }
  if (known.visits.at.length > 0 && asked.visits.at.length > 0) {
    const quality = togetherQuality(known.visits, spread(nextOf(asked.visits), maxQueries))
    viewedTogether = (await search("viewedTogether", viewedTogether, viewAxes, quality, { share: 1 })).best
  }
  return { parameters: { boughtTogether, basketCompletion, viewedTogether }, steps }
}

/** Asks with one item of each basket; the rest is wanted. */
const oneGivenOf = ({ offsets, rows, customer }: ItemGroups): GroupQuery[] =>
  [...customer].flatMap((owner, g) => {
    const group = [...rows.subarray(offsets[g]!, offsets[g + 1]!)]
    return group.map((row) => ({
      given: [row],
      wanted: new Set(group.filter((other) => other !== row)),
      customer: owner,
    }))
  })

/** Asks with a half of each basket; the other half is wanted. */
function halvesOf({ offsets, rows, customer }: ItemGroups, seed: number): GroupQuery[] {
  const random = createRandom(seed, 21)
  return [...customer].map((owner, g) => {
    const group = rows.subarray(offsets[g]!, offsets[g + 1]!)
    const mixed = Array.from(shuffled(group.length, random), (n) => group[n]!)
    const hidden = Math.floor(mixed.length / 2)
    return { given: mixed.slice(hidden), wanted: new Set(mixed.slice(0, hidden)), customer: owner }
  })
}

/** Asks with each item viewed; the next one of the visit is wanted. */
const nextOf = ({ offsets, rows, customer }: ItemGroups): GroupQuery[] =>
  [...customer].flatMap((owner, g) => {
    const group = [...rows.subarray(offsets[g]!, offsets[g + 1]!)]
    return group.slice(1).map((next, n) => ({ given: [group[n]!], wanted: new Set([next]), customer: owner }))
  })

function sourcesOf(queries: readonly GroupQuery[], items: number): Uint8Array {
  const sources = new Uint8Array(items)
  for (const { given } of queries) for (const row of given) sources[row] = 1
  return sources
}

/** Returns the NDCG@20 of the summed edges on each question. */
function evaluate(graph: Graph, queries: readonly GroupQuery[], items: number): QueryResults {
  const out = sparseScores(items)
  const allowed = new Uint8Array(items).fill(1)
  const values = queries.map(({ given, wanted }) => {
    clearScores(out)
    scoreNeighbors(graph, { index: Int32Array.from(given), weight: new Float32Array(given.length).fill(1) }, out)
    for (const row of given) allowed[row] = 0
    let gain = 0
    topScores(out, allowed, depth).forEach((row, place) => {
      if (wanted.has(row)) gain += discount(place)
    })
    for (const row of given) allowed[row] = 1
    return gain / idealGain(Math.min(depth, wanted.size))
  })
  return { values, customers: queries.map(({ customer }) => customer) }
}

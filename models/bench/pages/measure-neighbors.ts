import type { Catalogue } from "../../../src/core/catalogue/catalogue.ts"
import { emptyHistory } from "../../../src/core/history/history.ts"
import { answerRecipe } from "../../../src/core/recipe/answer-recipe.ts"
import type { Release } from "../../../src/core/release/release.ts"
import type { Dataset } from "../../data/dataset.ts"
import { type Basket, basketsOf } from "./baskets.ts"
import { type Ask, askCosine, askPopularity, countPairs, type PairCounts } from "./cosine.ts"
import { halfBasketHits, neighborHits } from "./neighbor-hits.ts"
import { ratioOf, sumByUnit } from "./ratio.ts"

interface Cuts {
  /** Baskets of `[validateFrom, cut)` choose the baseline's least support, those of `[cut, until)` measure. */
  validateFrom: number
  cut: number
  until: number
}

const leastBaskets = 20
const supports = [1, 2, 3, 5, 8, 12]

/** Measures what goes with one item, and what completes a half of a basket, against item cosine on the same baskets. */
export function measureNeighbors(
  release: Release,
  dataset: Dataset,
  catalogue: Catalogue,
  { validateFrom, cut, until, seed }: Cuts & { seed: number },
) {
  const between = (from: number, to: number) => basketsOf(dataset, { from, until: to })
  const size = dataset.itemIds.length
  const counted = (baskets: readonly Basket[]): PairCounts =>
    countPairs(
      baskets.map(({ rows }) => rows),
      size,
    )
  const early = counted(between(dataset.firstAt, validateFrom))
  const validating = between(validateFrom, cut)
  const best = (measure: (ask: Ask) => number): number => {
    const found = supports.map((support) => measure(askCosine(early, support)))
    return supports[found.indexOf(Math.max(...found))]!
  }
  const neighborSupport = best((ask) => meanOf(neighborHits(ask, validating, early.sets, leastBaskets).hits))
  const halfSupport = best((ask) => meanOf(halfBasketHits(ask, validating, seed)))

  const known = counted(between(dataset.firstAt, cut))
  const later = between(cut, until)
  const served = askRecipe(release, dataset, catalogue, cut)
  const hitsOf = (ask: Ask) => neighborHits(ask, later, known.sets, leastBaskets)
  const [ours, cosine, popular] = [served, askCosine(known, neighborSupport), askPopularity(known)].map(hitsOf)
  const customers = later.filter(({ rows }) => rows.length >= 2).map(({ customer }) => customer)
  const halves = (ask: Ask) => sumByUnit(halfBasketHits(ask, later, seed), customers)
  const [completed, byCosine] = [served, askCosine(known, halfSupport)].map(halves)
  return {
    similar: {
      items: ours!.items,
      ratio: ratioOf(ours!.hits, cosine!.hits),
      served: meanOf(ours!.hits),
      cosine: meanOf(cosine!.hits),
      cosineSupport: neighborSupport,
      popularity: meanOf(popular!.hits),
    },
    complements: {
      baskets: customers.length,
      ratio: ratioOf(completed!, byCosine!),
      served: sum(completed!) / customers.length,
      cosine: sum(byCosine!) / customers.length,
      cosineSupport: halfSupport,
    },
  }
}

function askRecipe(release: Release, { itemIds }: Dataset, catalogue: Catalogue, nowMs: number): Ask {
  const rowOf = new Map(itemIds.map((id, row) => [id, row]))
  const nobody = { history: emptyHistory, vector: null, explain: false, noveltyShare: 0, nowMs }
  return (rows, limit) => {
    const items = rows.map((row) => itemIds[row]!)
    const { slots } = answerRecipe({ ...nobody, recipe: "complements", items, limit }, release, catalogue)
    return slots.map(({ itemId }) => rowOf.get(itemId)!)
  }
}

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0)
const meanOf = (values: readonly number[]) => sum(values) / Math.max(1, values.length)

import type { Item } from "../../../src/core/catalogue/item.ts"
import { keptItems } from "../../../src/core/history/net-purchases.ts"
import { uniformOf } from "../../../src/core/measure/draw.ts"
import { defaultPolicy } from "../../../src/core/policy/policy.ts"
import type { Graph } from "../../../src/core/preference/neighbors.ts"
import { answerRecipe } from "../../../src/core/recipe/answer-recipe.ts"
import type { Release } from "../../../src/core/release/release.ts"
import type { EvaluationCase } from "../../data/evaluation-cases.ts"
import { itemAttributes } from "../../data/item-attributes.ts"
import { fitContent } from "../../neighbors/fit-content.ts"

const limit = 100
const neighbors = 20

/** Of one customer, the new items bought and how many of them a hundred answers hold, by each way of answering. */
export interface NewItemRecall {
  customer: number
  bought: number
  served: number
  byTitle: number
  byChance: number
}

/**
 * Asks for each known customer who bought items first sold after the cut: the service, whose release knows nothing of them and whose
 * catalogue has title and price of each, and a content kNN over titles among the same items.
 */
export function measureNewItems(
  release: Release,
  cases: readonly EvaluationCase[],
  items: readonly Item[],
  nowMs: number,
): NewItemRecall[] {
  const catalogue = { version: 1, items: new Map(items.map((item) => [item.id, item])), offers: new Map() }
  const isNew = (id: string) => !release.items.indexOf.has(id)
  const askTitles = titleNeighbors(items)
  return cases.flatMap(({ customer, history, relevant }) => {
    const bought = [...relevant.firstTime].filter(isNew)
    if (history.firstAt === null || bought.length === 0) return []
    const owned = keptItems(history)
    const question = {
      recipe: "discover",
      items: [],
      noveltyShare: 0,
      history,
      vector: null,
      nowMs,
      explain: false,
      exploration: {
        share: defaultPolicy.explorationShare,
        chanceOf: (text: string) => uniformOf(`${customer}/${text}`),
      },
    } as const
    const served = answerRecipe({ ...question, limit }, release, catalogue).slots.map(({ itemId }) => itemId)
    const found = (list: readonly string[]) => bought.filter((id) => list.includes(id)).length
    const byChance = (bought.length * limit) / Math.max(1, items.length - owned.length)
    return [{ customer, bought: bought.length, served: found(served), byTitle: found(askTitles(owned)), byChance }]
  })
}

/** Answers the hundred items, none of them owned, whose 20 nearest by title hold the most of what is owned. */
function titleNeighbors(items: readonly Item[]): (owned: readonly string[]) => string[] {
  const ids = items.map(({ id }) => id).sort()
  const titles = new Map(items.map(({ id, title }) => [id, title]))
  const index = { ids, indexOf: new Map(ids.map((id, row) => [id, row])) }
  const words = (id: string) =>
    titles
      .get(id)!
      .toLowerCase()
      .match(/\p{L}{3,}/gu) ?? []
  const graph: Graph = fitContent(itemAttributes(index, words), neighbors)
  return (owned) => {
    const rows = new Set(owned.flatMap((id) => index.indexOf.get(id) ?? []))
    const scores = ids.map((_, row) => {
      if (rows.has(row)) return Number.NEGATIVE_INFINITY
      let score = 0
      for (let edge = graph.offsets[row]!; edge < graph.offsets[row + 1]!; edge++) {
        if (rows.has(graph.targets[edge]!)) score += graph.weights[edge]!
      }
      return score
    })
    return [...scores.keys()]
      .sort((a, b) => scores[b]! - scores[a]! || a - b)
      .slice(0, limit)
      .map((row) => ids[row]!)
  }
}

import type { Catalogue } from "../../../src/core/catalogue/catalogue.ts"
import { interactionKind } from "../../../src/core/history/event-table.ts"
import { defaultPolicy } from "../../../src/core/policy/policy.ts"
import { itemsOutOf } from "../../../src/core/policy/possession-refusal.ts"
import { createPossession } from "../../../src/core/possession/possession.ts"
import { answerRecipe } from "../../../src/core/recipe/answer-recipe.ts"
import type { Release } from "../../../src/core/release/release.ts"
import type { Dataset } from "../../data/dataset.ts"
import type { EvaluationCase } from "../../data/evaluation-cases.ts"

const limit = 10
const recipes = ["forYou", "discover"] as const

/** Pieces of an item that a customer bought and sent back, and whether they viewed it or put it into a cart. */
interface Told {
  bought: number
  sentBack: number
  viewed: boolean
  added: boolean
}

/** Counts, in lists of ten of `forYou` and `discover`, items that the customer sent back whole, and reasons without their event. */
export function measureReturns(
  release: Release,
  cases: readonly EvaluationCase[],
  dataset: Dataset,
  catalogue: Catalogue,
  nowMs: number,
) {
  const counts = { customers: 0, customersWithReturns: 0, returnedInTen: 0, reasons: 0, falseReasons: 0 }
  for (const { customer, history } of cases) {
    if (history.firstAt === null) continue
    const told = toldBefore(dataset, customer, nowMs)
    const isSentBack = (itemId: string) => {
      const { bought = 0, sentBack = 0 } = told.get(itemId) ?? {}
      return sentBack > 0 && bought <= sentBack
    }
    counts.customers++
    if ([...told.keys()].some(isSentBack)) counts.customersWithReturns++
    const possession = createPossession(history, nowMs, release.renewal)
    const isOut = itemsOutOf(catalogue.items, possession, defaultPolicy.possession)
    const { noveltyShare } = defaultPolicy
    const question = { items: [], noveltyShare, history, vector: null, nowMs, isOut, limit, explain: true }
    for (const recipe of recipes) {
      for (const { itemId, reasons } of answerRecipe({ ...question, recipe }, release, catalogue).slots) {
        if (isSentBack(itemId)) counts.returnedInTen++
        counts.reasons += reasons.length
        counts.falseReasons += reasons.filter(({ code, itemId: cause = "" }) => {
          const { viewed = false, added = false, bought = 0 } = told.get(cause) ?? {}
          const isTrue = {
            becauseYouBought: bought > 0,
            buyAgain: bought > 0,
            becauseYouViewed: viewed,
            becauseYouAdded: added,
          }
          return code in isTrue && (!isTrue[code as keyof typeof isTrue] || isSentBack(cause))
        }).length
      }
    }
  }
  return counts
}

/** Reads what a customer's events told of each item before a time. */
function toldBefore(dataset: Dataset, customer: number, nowMs: number): Map<string, Told> {
  const { eventOffsets, at, name, names, lineOffsets, lineItem, lineQuantity, itemIds } = dataset
  const told = new Map<string, Told>()
  for (let e = eventOffsets[customer]!; e < eventOffsets[customer + 1]! && at[e]! < nowMs; e++) {
    const kind = interactionKind(names[name[e]!]!)
    for (let line = lineOffsets[e]!; line < lineOffsets[e + 1]!; line++) {
      const itemId = itemIds[lineItem[line]!]!
      const one = told.get(itemId) ?? { bought: 0, sentBack: 0, viewed: false, added: false }
      told.set(itemId, one)
      if (kind === "purchase") one.bought += lineQuantity[line]!
      if (kind === "return") one.sentBack += lineQuantity[line]!
      if (kind === "view") one.viewed = true
      if (kind === "cart") one.added = true
    }
  }
  return told
}

import type { Caller } from "../../core/access/scope.ts"
import type { PageAnswer, RecommendAnswer } from "../../core/decision/decision-schema.ts"
import type { PageRequest } from "../../core/decision/question.ts"
import { createRankings } from "../../core/preference/rank-candidates.ts"
import { isUnavailable } from "../../core/problem/problem.ts"
import type { RecipeName } from "../../core/schema/recipe.ts"
import type { Services } from "../../services.ts"
import { findCustomer } from "../customers/find-customer.ts"
import { answerFromMemory } from "./answer-from-memory.ts"
import { readRotations } from "./read-rotation.ts"
import { chooseList, type ListRequest, listFromMemory, recordList, shownOf } from "./recommend-list.ts"

/** Recommends the lists of one page to a customer, no item twice on it, each list as a decision of its own; without the database, as to an unknown customer. */
export async function recommendPage(services: Services, request: PageRequest, caller: Caller): Promise<PageAnswer> {
  try {
    const customer = await findCustomer(services, request.customer, caller)
    const page = { nowMs: services.clock(), rankings: createRankings() }
    const rotationOf = await readRotations(services, customer, request.lists, page.nowMs)
    const choose = (list: ListRequest) => chooseList(services, customer, list, { ...page, rotation: rotationOf(list) })
    const chosen = inTurn(request, choose, shownOf)
    return pageOf(request, await Promise.all(chosen.map((list) => recordList(services, customer, list))))
  } catch (error) {
    if (!isUnavailable(error)) throw error
    const chosen = inTurn(
      request,
      (list) => listFromMemory(services, list),
      ({ slots }) => slots,
    )
    const answers = chosen.map(({ recipe, slots }) => ({
      ...answerFromMemory(services, slots, request.explain),
      recipe,
    }))
    return pageOf(request, answers)
  }
}

/** Chooses each list without what the lists before it show. */
function inTurn<L>(
  { lists, exclude = [], explain }: PageRequest,
  choose: (list: ListRequest) => L,
  shownIn: (list: L) => readonly { itemId: string }[],
): L[] {
  const left = [...exclude]
  return lists.map((list) => {
    const chosen = choose({ ...list, explain, exclude: [...(list.exclude ?? []), ...left] })
    left.push(...shownIn(chosen).map(({ itemId }) => itemId))
    return chosen
  })
}

function pageOf({ lists }: PageRequest, answers: readonly (RecommendAnswer & { recipe: RecipeName })[]): PageAnswer {
  const [{ customerId, coldStart, untrained, modelVersion, asOfSeconds }] = answers as [RecommendAnswer]
  return {
    customerId,
    coldStart,
    untrained,
    degraded: answers.some(({ degraded }) => degraded),
    ...(asOfSeconds !== undefined && { asOfSeconds }),
    modelVersion,
    lists: answers.map(({ decisionId, recipe, items, hasMore }, n) => {
      return { placement: lists[n]!.placement, decisionId, recipe, items, hasMore }
    }),
  }
}

import type { Caller } from "../../core/access/scope.ts"
import type { RecommendAnswer } from "../../core/decision/decision-schema.ts"
import type { RecommendRequest } from "../../core/decision/question.ts"
import { isUnavailable } from "../../core/problem/problem.ts"
import type { Services } from "../../services.ts"
import { findCustomer } from "../customers/find-customer.ts"
import { answerFromMemory } from "./answer-from-memory.ts"
import { readNextPage } from "./next-page.ts"
import { readRotations } from "./read-rotation.ts"
import { chooseList, listFromMemory, recordList } from "./recommend-list.ts"

/** Recommends items to a customer; without the database, as to an unknown customer. */
export async function recommendItems(
  services: Services,
  request: RecommendRequest,
  caller: Caller,
): Promise<RecommendAnswer> {
  try {
    return await recommendRecorded(services, request, caller)
  } catch (error) {
    if (!isUnavailable(error) || request.after !== undefined) throw error
    return recommendFromMemory(services, request)
  }
}

async function recommendRecorded(
  services: Services,
  request: RecommendRequest,
  caller: Caller,
): Promise<RecommendAnswer> {
  const customer = await findCustomer(services, request.customer, caller)
  if (request.after !== undefined)
    return readNextPage(services, "recommend", { ...request, after: request.after }, customer)
  const nowMs = services.clock()
  const rotationOf = await readRotations(services, customer, [request], nowMs)
  return recordList(
    services,
    customer,
    chooseList(services, customer, request, { nowMs, rotation: rotationOf(request) }),
  )
}

function recommendFromMemory(services: Services, request: RecommendRequest): RecommendAnswer {
  const { recipe, slots } = listFromMemory(services, request)
  return { ...answerFromMemory(services, slots, request.explain), recipe }
}

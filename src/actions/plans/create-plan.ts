import type { Actor } from "../../core/access/actor.ts"
import { createForecaster } from "../../core/plan/plan-forecast.ts"
import type { PlanReply } from "../../core/plan/plan-schema.ts"
import type { PlanDraft } from "../../core/policy/plan-request.ts"
import { ApiError } from "../../core/problem/problem.ts"
import type { Services } from "../../services.ts"
import type { StoredPlan } from "../../store/plans/plans.ts"
import { noModel } from "./make-plan.ts"
import { planReply } from "./read-plans.ts"

type Tools = Pick<Services, "store" | "live" | "catalogue" | "policies" | "settings" | "clock" | "newId">

/**
 * Stores a requested plan, by default in the shop's currency; a background loop makes it (`makePlan`). Throws `invalidRequest` or
 * `conflict`.
 */
export async function createPlan(services: Tools, draft: PlanDraft, actor: Actor): Promise<StoredPlan> {
  const request = { ...draft, currency: draft.currency ?? services.settings.current().currency }
  const { budget } = services.policies.of(request.placement)
  if (budget !== null && budget.currency !== request.currency)
    throw new ApiError("invalidRequest", `the budget of ${request.placement} is in ${budget.currency}`, {
      errors: [{ pointer: "/currency", message: `must be ${budget.currency}` }],
    })
  const release = services.live.current()
  if (release === null || createForecaster(release, services.catalogue.current()) === null) throw noModel()
  const plan = { id: services.newId(), name: request.name, request, createdAt: services.clock() }
  return services.store.plans.create(plan, actor)
}

export const answerCreatePlan = async (services: Tools, request: PlanDraft, actor: Actor): Promise<PlanReply> =>
  planReply(await createPlan(services, request, actor))

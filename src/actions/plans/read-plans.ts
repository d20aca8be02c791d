import type { PlanReply } from "../../core/plan/plan-schema.ts"
import { ApiError } from "../../core/problem/problem.ts"
import { pageOf } from "../../core/schema/page.ts"
import { isoOrNull } from "../../core/time/iso-or-null.ts"
import type { Services } from "../../services.ts"
import type { StoredPlan } from "../../store/plans/plans.ts"
import { sendReply } from "../sends/read-sends.ts"

type Tools = Pick<Services, "store" | "clock">

const sampled = 20

/** Returns a plan with its summary, monitoring and some of its sends; throws `notFound`. */
export async function readPlan(services: Tools, id: string): Promise<PlanReply> {
  const plan = await services.store.plans.read(id)
  if (plan === null) throw noPlan(id)
  const sends = await services.store.sends.list({ planId: id, limit: sampled })
  return { ...planReply(plan), sample: sends.map(sendReply) }
}

/** Returns a page of plans, newest first. */
export async function listPlans(
  services: Tools,
  { cursor, limit }: { cursor?: string | undefined; limit: number },
): Promise<{ plans: PlanReply[]; nextCursor: string | null }> {
  const found = await services.store.plans.list({ after: cursor, limit: limit + 1 })
  const { page, nextCursor } = pageOf(found, limit, ({ id }) => id)
  return { plans: page.map(planReply), nextCursor }
}

export const noPlan = (id: string): ApiError =>
  new ApiError("notFound", `there is no plan ${id}; GET /v1/plans lists them`)

export const planReply = (plan: StoredPlan): PlanReply => ({
  ...plan,
  createdAt: new Date(plan.createdAt).toISOString(),
  plannedAt: isoOrNull(plan.plannedAt),
  approvedAt: isoOrNull(plan.approvedAt),
  startedAt: isoOrNull(plan.startedAt),
  endedAt: isoOrNull(plan.endedAt),
})

import type { Actor } from "../../core/access/actor.ts"
import type { PlanReply, PlanStatus } from "../../core/plan/plan-schema.ts"
import { ApiError } from "../../core/problem/problem.ts"
import type { Services } from "../../services.ts"
import { noPlan, planReply } from "./read-plans.ts"

/** Operations on a plan; each is idempotent. */
export const planVerbs = ["approve", "start", "halt", "resume"] as const
export type PlanVerb = (typeof planVerbs)[number]

const changes: Readonly<Record<PlanVerb, { from: readonly PlanStatus[]; to: Exclude<PlanStatus, "planning"> }>> = {
  approve: { from: ["planned"], to: "approved" },
  start: { from: ["approved"], to: "running" },
  halt: { from: ["approved", "running"], to: "halted" },
  resume: { from: ["halted"], to: "running" },
}

/** Changes a plan's status; throws `conflict` where that cannot be, `notFound` for no plan. */
export async function changePlan(
  services: Pick<Services, "store" | "clock">,
  id: string,
  verb: PlanVerb,
  { actor, reason }: { actor: Actor; reason?: string | undefined },
): Promise<PlanReply> {
  const { from, to } = changes[verb]
  const plan = await services.store.plans.read(id)
  if (plan === null) throw noPlan(id)
  if (plan.status === to) return planReply(plan)
  if (plan.request.dryRun) throw new ApiError("conflict", "this was a dry run; make the plan without dryRun")
  if (verb === "resume" && plan.startedAt === null)
    throw new ApiError("conflict", "the plan was halted before its start; make a new one")
  const at = services.clock()
  // Reset, since the sends so far would halt the plan again at once.
  const monitoring = verb === "resume" &&
    plan.monitoring && { ...plan.monitoring, haltMonitorSince: new Date(at).toISOString() }
  const change = { id, from, to, at, actor, ...(reason !== undefined && { reason }), ...(monitoring && { monitoring }) }
  const changed = await services.store.plans.change(change)
  if (changed === null)
    throw new ApiError(
      "conflict",
      `a plan that is ${plan.status} cannot be changed to ${to}; it must be ${from.join(" or ")}`,
    )
  return planReply(changed)
}

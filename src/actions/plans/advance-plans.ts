import { systemActor } from "../../core/access/actor.ts"
import { openStates } from "../../core/history/send-state.ts"
import { ApiError } from "../../core/problem/problem.ts"
import type { Services } from "../../services.ts"
import type { StoredPlan } from "../../store/plans/plans.ts"
import { resolveOverdueSends } from "../sends/resolve-overdue-sends.ts"
import { advancePlan, isOver } from "./advance-plan.ts"
import { type MakePlanOptions, makePlan } from "./make-plan.ts"
import { createPlanMonitor } from "./monitor-plan.ts"

type Tools = Pick<Services, "store" | "config" | "live" | "catalogue" | "policies" | "clock" | "newId" | "log">

/** The loop of the plans. */
const actor = systemActor("watch-plans")

/**
 * Creates the turn of the plans' loop: make plans, approve and reserve sends, resolve overdue ones, update monitoring, halt, finish.
 * Its signal interrupts a plan being made, which another process then makes anew.
 */
export function createPlanTurns(
  services: Tools,
  options: Pick<MakePlanOptions, "forecast"> = {},
): { turn(signal?: AbortSignal): Promise<void> } {
  const watcher = createPlanMonitor(services, actor)
  return {
    async turn(signal) {
      const { store } = services
      for (const plan of await store.plans.inStatus(["planning"]))
        await makeOrFail(services, plan, { ...options, actor, signal })
      await resolveOverdueSends(services)
      for (const plan of await store.plans.inStatus(["approved", "running"])) await advancePlan(services, plan)
      for (const plan of await store.plans.inStatus(["running", "halted"])) {
        await watcher.turn(plan)
        await finishIfEnded(services, plan)
      }
    },
  }
}

/** Makes a plan, or marks it failed with the reason; other errors are retried in the next turn. */
async function makeOrFail(services: Tools, plan: StoredPlan, options: MakePlanOptions): Promise<void> {
  try {
    const made = await makePlan(services, plan, options)
    if (made !== null) services.log.info({ planId: plan.id }, "made plan")
  } catch (error) {
    if (!(error instanceof ApiError) || error.code !== "conflict") throw error
    const change = { id: plan.id, from: ["planning" as const], to: "failed" as const, at: services.clock(), actor }
    await services.store.plans.change({ ...change, reason: error.message })
  }
}

/** Finishes a plan with no send in flight and none left to begin. */
async function finishIfEnded({ store, clock }: Tools, plan: StoredPlan): Promise<void> {
  if (plan.status !== "running") return
  const states = await store.sends.countStates(plan.id)
  const waiting = isOver(plan, clock()) ? openStates : [...openStates, "proposed" as const, "approved" as const]
  if (waiting.every((state) => states[state] === undefined))
    await store.plans.change({ id: plan.id, from: ["running"], to: "done", at: clock(), actor })
}

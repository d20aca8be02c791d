import { openStates } from "../../core/history/send-state.ts"
import { ApiError } from "../../core/problem/problem.ts"
import type { Services } from "../../services.ts"
import type { StoredPlan } from "../../store/plans/plans.ts"
import { resolveOverdueSends } from "../sends/resolve-overdue-sends.ts"
import { advancePlan, isOver } from "./advance-plan.ts"
import { type MakePlanOptions, makePlan } from "./make-plan.ts"
import { createPlanMonitor } from "./monitor-plan.ts"

type Tools = Pick<Services, "store" | "live" | "catalogue" | "policies" | "clock" | "newId" | "log">

/**
 * One turn of everything that plans do by themselves: plan, approve, reserve, end what silence ends, read the instruments, halt, finish.
 * `stop` breaks off a planning, which then begins anew elsewhere.
 */
export function createPlanTurns(
  services: Tools,
  options: Pick<MakePlanOptions, "forecast"> = {},
): { turn(): Promise<void>; stop(): void } {
  const watcher = createPlanMonitor(services)
  const stopping = new AbortController()
  const { signal } = stopping
  return {
    stop: () => stopping.abort(),
    async turn() {
      const { store } = services
      for (const plan of await store.plans.inStatus(["planning"]))
        await makeOrFail(services, plan, { ...options, signal })
      await resolveOverdueSends(services)
      for (const plan of await store.plans.inStatus(["approved", "running"])) await advancePlan(services, plan)
      for (const plan of await store.plans.inStatus(["running", "halted"])) {
        await watcher.turn(plan)
        await finishIfEnded(services, plan)
      }
    },
  }
}

/** A plan that cannot be made says why; what may be otherwise the next time is tried again. */
async function makeOrFail(services: Tools, plan: StoredPlan, options: MakePlanOptions): Promise<void> {
  try {
    const made = await makePlan(services, plan, options)
    if (made !== null) services.log.info({ planId: plan.id }, "planned")
  } catch (error) {
    if (!(error instanceof ApiError) || error.code !== "conflict") throw error
    const change = { id: plan.id, from: ["planning" as const], to: "failed" as const, at: services.clock() }
    await services.store.plans.change({ ...change, reason: error.message })
  }
}

/** A plan has ended when nothing is under way any more and nothing can still begin. */
async function finishIfEnded({ store, clock }: Tools, plan: StoredPlan): Promise<void> {
  if (plan.status !== "running") return
  const states = await store.sends.countStates(plan.id)
  const waiting = isOver(plan, clock()) ? openStates : [...openStates, "proposed" as const, "approved" as const]
  if (waiting.every((state) => states[state] === undefined))
    await store.plans.change({ id: plan.id, from: ["running"], to: "done", at: clock() })
}

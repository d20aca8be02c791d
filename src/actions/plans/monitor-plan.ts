import type { Actor } from "../../core/access/actor.ts"
import { designHaltInSteps, type HaltDesign } from "../../core/plan/halt.ts"
import { createPlanMonitors, type PlanMonitors } from "../../core/plan/plan-monitoring.ts"
import type { PlanMonitoring } from "../../core/plan/plan-schema.ts"
import type { Services } from "../../services.ts"
import { createYielder } from "../../store/database/yielder.ts"
import type { StoredPlan } from "../../store/plans/plans.ts"
import type { StoredSend } from "../../store/sends/send-rows.ts"
import { runCooperatively } from "../operations/run-cooperatively.ts"
import { measurePlan } from "./measure-plan.ts"

type Tools = Pick<Services, "store" | "catalogue" | "clock" | "log">

/** Position in a plan's ended sends, so that only new ones are read. */
interface Followed {
  watch: PlanMonitors
  since: string | null
  cursor: number
  /** Recording times of recently seen sends, since transactions commit in another order than they begin. */
  seen: Map<string, number>
  measuredAt: number
}

const sendsARead = 1000
const overlapMs = 60_000
const measureEveryMs = 10 * 60_000

/**
 * Creates the monitor of running and halted plans: adds ended sends in order, writes the monitoring and halts a plan whose promise is
 * broken. Its memory is derived from stored rows alone, so that another process can take over.
 */
export function createPlanMonitor(services: Tools, actor: Actor): { turn(plan: StoredPlan): Promise<PlanMonitoring> } {
  const followed = new Map<string, Followed>()
  const designs = new Map<number, HaltDesign>()
  const designFor = async (promise: number) => {
    const design = designs.get(promise) ?? (await runCooperatively(designHaltInSteps({ promise })))
    designs.set(promise, design)
    return design
  }
  return {
    async turn(plan) {
      const since = plan.monitoring?.haltMonitorSince ?? null
      const known = followed.get(plan.id)
      const following = known?.since === since ? known : begin(plan, since, await designFor(plan.request.promise))
      followed.set(plan.id, following)
      const newEnds = await readNewEnds(services, plan, following)
      const states = await services.store.sends.countStates(plan.id)
      const measures = services.clock() - following.measuredAt >= measureEveryMs
      const isSame = newEnds === 0 && !measures && JSON.stringify(states) === JSON.stringify(plan.monitoring?.states)
      if (isSame && plan.monitoring) return plan.monitoring
      if (measures) following.measuredAt = services.clock()
      const monitoring: PlanMonitoring = {
        at: new Date(services.clock()).toISOString(),
        states,
        ...following.watch.monitoring(),
        increment: measures ? await measurePlan(services, plan) : (plan.monitoring?.increment ?? null),
        haltMonitorSince: since,
      }
      await record(services, plan, monitoring, actor)
      return monitoring
    },
  }
}

const begin = ({ summary }: StoredPlan, since: string | null, design: HaltDesign): Followed => ({
  watch: createPlanMonitors(design, summary?.segments.map(({ segment }) => segment) ?? []),
  since,
  cursor: 0,
  seen: new Map(),
  measuredAt: 0,
})

async function readNewEnds({ store }: Tools, { id }: StoredPlan, following: Followed): Promise<number> {
  const yieldIfDue = createYielder()
  const resumedAt = following.since === null ? 0 : Date.parse(following.since)
  let newEnds = 0
  let place: { at: number; after: string | null } = { at: Math.max(0, following.cursor - overlapMs), after: null }
  for (;;) {
    const sends = await store.sends.ended(id, place.at, place.after, sendsARead)
    for (const send of sends) {
      if (following.seen.has(send.id)) continue
      await yieldIfDue()
      following.seen.set(send.id, send.resolvedAt!)
      following.watch.add(watched(send, resumedAt))
      newEnds++
    }
    const last = sends.at(-1)
    if (last === undefined) break
    place = { at: last.resolvedAt!, after: last.id }
    following.cursor = Math.max(following.cursor, last.resolvedAt!)
    if (sends.length < sendsARead) break
  }
  for (const [sendId, at] of following.seen) if (at < following.cursor - 2 * overlapMs) following.seen.delete(sendId)
  return newEnds
}

const watched = ({ customerId, segment, keepProbability, state, resolvedAt }: StoredSend, resumedAt: number) => ({
  customerId,
  segment,
  expected: keepProbability,
  kept: state === "kept",
  isBeforeResume: resolvedAt! < resumedAt,
})

async function record(
  { store, clock, log }: Tools,
  { id, status }: StoredPlan,
  monitoring: PlanMonitoring,
  actor: Actor,
): Promise<void> {
  if (status !== "running" || !monitoring.plan.halted) return store.plans.writeMonitoring(id, monitoring)
  const { sends, keptShare } = monitoring.plan
  const share = Math.round((keptShare ?? 0) * 100)
  const reason = `the promise is broken: ${share} % of ${sends} sends were kept, and the kept share has fallen`
  log.warn({ planId: id, sends, keptShare }, "halted plan: promise broken")
  await store.plans.change({ id, from: ["running"], to: "halted", at: clock(), reason, monitoring, actor })
}

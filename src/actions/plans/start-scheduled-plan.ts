import { createHash } from "node:crypto"
import type { Actor } from "../../core/access/actor.ts"
import { stampUuid } from "../../core/ids/uuid.ts"
import type { ScheduledPlan } from "../../core/policy/scheduled-plan.ts"
import { hourMs } from "../../core/time/durations.ts"
import { isoDay } from "../../core/time/iso-day.ts"
import { lastScheduled } from "../../core/time/schedule.ts"
import type { Services } from "../../services.ts"
import { createPlan } from "./create-plan.ts"

export interface PlacedPlan {
  placement: string
  scheduled: ScheduledPlan
  /** Start of its policy version; earlier times are not its own. */
  sinceMs: number
}

/** Creates the plan of a schedule's last time, once over all processes; returns whether it did. */
export async function startScheduledPlan(
  services: Services,
  { placement, scheduled, sinceMs }: PlacedPlan,
  actor: Actor,
): Promise<boolean> {
  const { store, clock, log } = services
  const nowMs = clock()
  const at = lastScheduled(scheduled.schedule, nowMs)
  if (at < sinceMs || nowMs - at > scheduled.maxAgeHours * hourMs) return false
  const planId = idOf(placement, scheduled.id, at)
  const exists = async () => (await store.plans.read(planId)) !== null
  if (await exists()) return false
  const name = `${scheduled.plan.name} ${isoDay(at)}`
  try {
    await createPlan({ ...services, newId: () => planId }, { ...scheduled.plan, name }, actor)
  } catch (error) {
    if (await exists()) return false
    throw error
  }
  log.info({ placement, scheduledPlan: scheduled.id, planId }, "created scheduled plan")
  return true
}

/** The plan's id is made of its schedule and time (a UUID of version 8), so that it can begin only once. */
function idOf(placement: string, id: string, at: number): string {
  const digest = createHash("sha256")
    .update(JSON.stringify([placement, id, at]))
    .digest()
    .subarray(0, 16)
  return stampUuid(digest, 8)
}

import { createPlanTurns } from "../actions/plans/advance-plans.ts"
import type { Services } from "../services.ts"
import { createLease } from "../store/database/leases.ts"
import { type Loop, repeat } from "./repeat.ts"

const leaseName = "plans"
const leaseMs = 30_000

type Tools = Pick<
  Services,
  "store" | "config" | "live" | "catalogue" | "policies" | "clock" | "newId" | "log" | "onLoopRun"
>

/** Carries plans on, in one process at a time; the lease is prolonged while a turn takes long. */
export function startWatchingPlans(services: Tools, { pauseMs = 2000 }: { pauseMs?: number } = {}): Loop {
  const { store, newId } = services
  const lease = createLease(store.leases, { name: leaseName, holder: newId(), forMs: leaseMs })
  const turns = createPlanTurns(services)
  const loop = repeat(services, { name: "watch-plans", pauseMs }, async (signal) => {
    if (await lease.acquire()) await lease.prolongDuring(() => turns.turn(signal))
  })
  return {
    async stop() {
      await loop.stop()
      await lease.release()
    },
  }
}

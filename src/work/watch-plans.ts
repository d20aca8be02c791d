import { createPlanTurns } from "../actions/plans/advance-plans.ts"
import type { Services } from "../services.ts"
import { type Loop, repeat } from "./repeat.ts"

const lease = "plans"
const leaseMs = 30_000

type Tools = Pick<Services, "store" | "live" | "catalogue" | "policies" | "clock" | "newId" | "log">

/** Carries plans on, in one process at a time; the lease is prolonged while a turn takes long. */
export function startWatchingPlans(services: Tools, { pauseMs = 2000 }: { pauseMs?: number } = {}): Loop {
  const holder = services.newId()
  const { leases } = services.store
  const turns = createPlanTurns(services)
  const loop = repeat("watch-plans", pauseMs, services.log, async () => {
    if (!(await leases.acquire(lease, holder, leaseMs))) return
    const prolonging = setInterval(() => void leases.acquire(lease, holder, leaseMs).catch(() => {}), leaseMs / 3)
    try {
      await turns.turn()
    } finally {
      clearInterval(prolonging)
    }
  })
  return {
    async stop() {
      turns.stop()
      await loop.stop()
      await leases.release(lease, holder)
    },
  }
}

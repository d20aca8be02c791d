import { recountFigures } from "../actions/insights/recount-figures.ts"
import type { Services } from "../services.ts"
import { createLease } from "../store/database/leases.ts"
import { type Loop, repeat } from "./repeat.ts"

const name = "recount-figures"
const leaseMs = 30_000

type Tools = Pick<Services, "store" | "config" | "clock" | "newId" | "log" | "onLoopRun">

/** Keeps figures of goals up with what happens, in one process at a time. */
export function startRecountingFigures(services: Tools, { pauseMs = 2000 }: { pauseMs?: number } = {}): Loop {
  const lease = createLease(services.store.leases, { name, holder: services.newId(), forMs: leaseMs })
  return repeat(services, { name, pauseMs }, async (signal) => {
    if (await lease.acquire()) await lease.prolongDuring(() => recountFigures(services, () => signal.aborted))
  })
}

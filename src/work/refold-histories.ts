import { refoldCustomers } from "../actions/events/refold-customers.ts"
import type { Services } from "../services.ts"
import { createLease } from "../store/database/leases.ts"
import { type Loop, repeat } from "./repeat.ts"
import { restAsLongSince } from "./rest.ts"

const name = "refold-histories"
const leaseMs = 60_000
const customersPerWrite = 50
/** A turn is short, so that a process can stop. */
const turnMs = 2000

type Tools = Pick<Services, "store" | "live" | "log" | "newId" | "onLoopRun">

/** Folds histories of an older format anew from their events, in one process at a time, after an update of the service. */
export function startRefoldingHistories(services: Tools, { pauseMs = 2000 }: { pauseMs?: number } = {}): Loop {
  const { store, log, newId } = services
  const lease = createLease(store.leases, { name, holder: newId(), forMs: leaseMs })
  return repeat(services, { name, pauseMs }, async () => {
    if ((await store.customers.outdatedHistories(1)).length === 0) return
    await lease.run(async () => {
      const refolded = await refoldForAWhile(services)
      log.info({ refolded }, "refolded histories to the current format")
    })
  })
}

async function refoldForAWhile(services: Tools): Promise<number> {
  const until = performance.now() + turnMs
  let refolded = 0
  while (performance.now() < until) {
    const startedAt = performance.now()
    const outdated = await services.store.customers.outdatedHistories(customersPerWrite)
    if (outdated.length === 0) break
    await refoldCustomers(services, outdated)
    refolded += outdated.length
    await restAsLongSince(startedAt)
  }
  return refolded
}

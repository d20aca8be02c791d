import { setTimeout } from "node:timers/promises"
import { refoldCustomers } from "../actions/events/refold-customers.ts"
import type { Services } from "../services.ts"
import { type Loop, repeat } from "./repeat.ts"

const lease = "refold-histories"
const leaseMs = 60_000
const customersPerWrite = 50
/** A turn is short, so that a process can stop. */
const turnMs = 2000

type Tools = Pick<Services, "store" | "live" | "log" | "newId">

/** Folds histories of an older format anew from their events, in one process at a time, after an update of the service. */
export function startRefoldingHistories(services: Tools, { pauseMs = 2000 }: { pauseMs?: number } = {}): Loop {
  const holder = services.newId()
  return repeat("refold histories", pauseMs, services.log, async () => {
    const { store, log } = services
    if ((await store.customers.outdatedHistories(1)).length === 0) return
    if (!(await store.leases.acquire(lease, holder, leaseMs))) return
    try {
      const refolded = await refoldForAWhile(services)
      log.info({ refolded }, "histories folded anew under the current format")
    } finally {
      await store.leases.release(lease, holder)
    }
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
    // Half of the time is left to those who ask.
    await setTimeout(performance.now() - startedAt)
  }
  return refolded
}

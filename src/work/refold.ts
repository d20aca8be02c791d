import { setImmediate } from "node:timers/promises"
import { foldVector } from "../core/preference/fold-vector.ts"
import type { Release } from "../core/release/release.ts"
import type { Services } from "../services.ts"
import { createLease, type Lease } from "../store/database/leases.ts"
import { type Loop, repeat } from "./repeat.ts"
import { restAsLongSince } from "./rest.ts"

const name = "refold"
const leaseMs = 30_000
const customersPerWrite = 100
/** Requests wait for no more than these folds. */
const foldsAtOnce = 5

type Tools = Pick<Services, "store" | "live" | "log" | "newId" | "onLoopRun">

/** Brings stored vectors to the live release after a promotion, in one process at a time. */
export function startRefolding(services: Tools, { pauseMs = 2000 }: { pauseMs?: number } = {}): Loop {
  const lease = createLease(services.store.leases, { name, holder: services.newId(), forMs: leaseMs })
  let finishedId: string | null = null
  return repeat(services, { name, pauseMs }, async () => {
    const release = services.live.current()
    if (release === null || release.id === finishedId) return
    await lease.run(async () => {
      if (await refoldStale(services, release, lease)) finishedId = release.id
    })
  })
}

/** Refolds every vector of another release; a row whose profile moved meanwhile is left to its event. False if the live release or the lease was lost on the way. */
async function refoldStale({ store, live, log }: Tools, release: Release, lease: Lease): Promise<boolean> {
  let last: string | null = null
  let written = 0
  while (live.current() === release && (await lease.acquire())) {
    const startedAt = performance.now()
    const stale = await store.customers.staleVectors(release.id, last, customersPerWrite)
    if (stale.length === 0) {
      if (written > 0) log.info({ releaseId: release.id, written }, "refolded vectors")
      return true
    }
    const rows = []
    for (const { customerId, profileVersion, history } of stale) {
      if (rows.length % foldsAtOnce === 0) await setImmediate()
      rows.push({ customerId, profileVersion, vector: foldVector(history, release) })
    }
    written += await store.customers.writeVectors(release.id, rows)
    last = stale.at(-1)!.customerId
    await restAsLongSince(startedAt)
  }
  return false
}

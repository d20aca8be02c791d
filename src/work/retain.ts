import { counterpartDays } from "../core/identity/shared-identifier.ts"
import type { Services } from "../services.ts"
import { type Loop, repeat } from "./repeat.ts"

const lease = "retain"
const leaseMs = 10 * 60_000
const clocksAgreeMs = 5 * 60_000

type Tools = Pick<Services, "store" | "config" | "clock" | "log" | "newId">

/**
 * Makes partitions ahead of time and drops those past their lifetime, in one process at a time. Nothing is dropped while this
 * machine's clock and the database's disagree: one of them is wrong, and what is dropped is gone.
 */
export function startRetention(services: Tools, { pauseMs = 3_600_000 }: { pauseMs?: number } = {}): Loop {
  const holder = services.newId()
  return repeat("retain", pauseMs, services.log, async () => {
    if (!(await services.store.leases.acquire(lease, holder, leaseMs))) return
    try {
      await retain(services)
    } finally {
      await services.store.leases.release(lease, holder)
    }
  })
}

async function retain({ store, config, clock, log }: Tools): Promise<void> {
  const now = await store.partitions.now()
  const made = await store.partitions.makeAhead(now)
  if (made.length > 0) log.info({ made }, "partitions made ahead")
  const clocksAgree = Math.abs(now - clock()) < clocksAgreeMs
  if (!clocksAgree) return log.error({ aheadMs: clock() - now }, "the clocks disagree; nothing old is dropped")
  const dropped = await store.partitions.dropOld(now, config.lifetimes)
  await forgetOld({ store, config, log }, now)
  if (dropped.length > 0) log.info({ dropped, lifetimes: config.lifetimes }, "partitions past their lifetime dropped")
}

const rowsAtOnce = 5000
const dayMs = 86_400_000
/** Longer than any trigger looks back. */
const firingsDays = 100

/** Deletes old rows of tables that are not divided by time, some at a time, so that nobody waits long for a lock. */
async function forgetOld(
  { store, config, log }: Pick<Tools, "store" | "config" | "log">,
  nowMs: number,
): Promise<void> {
  await store.webhooks.free()
  const { contents, webhooks } = config.lifetimes
  const old = [
    ["contents", contents, store.contents.forget],
    ["webhook messages", webhooks, store.webhooks.forget],
    ["firings", firingsDays, store.triggers.forget],
    ["counterparts of identifiers", counterpartDays, store.identifiers.forget],
  ] as const
  for (const [what, days, forget] of old) {
    let deleted = 0
    for (let last = rowsAtOnce; last === rowsAtOnce; deleted += last)
      last = await forget(nowMs - days * dayMs, rowsAtOnce)
    if (deleted > 0) log.info({ what, days, deleted }, "rows past their lifetime deleted")
  }
}

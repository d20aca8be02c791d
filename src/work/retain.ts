import { dayMs } from "../core/time/durations.ts"
import type { Services } from "../services.ts"
import { createLease } from "../store/database/leases.ts"
import { fewPartitionDays } from "../store/database/partitions.ts"
import { type AgedTable, agedTables } from "../store/database/retention.ts"
import { type Loop, repeat } from "./repeat.ts"

const name = "retain"
const leaseMs = 10 * 60_000
const clocksAgreeMs = 5 * 60_000

type Tools = Pick<Services, "store" | "config" | "clock" | "log" | "newId" | "onLoopRun">

/** Memory of one process between turns of the daily work. */
interface DailyWork {
  /** Time when the last began, milliseconds since the epoch. */
  beganAt: number
  /** The last profile looked at; `null`: the walk over them has ended. */
  visitor: { after: string | null } | null
}

/**
 * Makes partitions ahead of time and deletes what is past its lifetime as the data inventory says, in one process at a time. Nothing
 * is deleted while this machine's clock and the database's disagree: one of them is wrong, and what is deleted is gone.
 */
export function startRetention(services: Tools, { pauseMs = 3_600_000 }: { pauseMs?: number } = {}): Loop {
  const lease = createLease(services.store.leases, { name, holder: services.newId(), forMs: leaseMs })
  const daily: DailyWork = { beganAt: Number.NEGATIVE_INFINITY, visitor: null }
  return repeat(services, { name, pauseMs }, async () => {
    await lease.run(() => retain(services, daily))
  })
}

async function retain({ store, config, clock, log }: Tools, daily: DailyWork): Promise<void> {
  const now = await store.partitions.now()
  const ownsTables = await store.partitions.mayChange()
  if (ownsTables) {
    const made = await store.partitions.createUpcoming(now)
    if (made.length > 0) log.info({ made }, "created upcoming partitions")
  } else await warnOfLastPartition({ store, log }, now)
  const clocksAgree = Math.abs(now - clock()) < clocksAgreeMs
  if (!clocksAgree)
    return log.error({ aheadMs: clock() - now }, "clocks of server and database differ; skipped dropping expired data")
  const dropped = ownsTables ? await store.partitions.dropOld(now, config.lifetimes) : []
  if (dropped.length > 0) log.info({ dropped, lifetimes: config.lifetimes }, "dropped expired partitions")
  await store.webhooks.free()
  await releaseSupplies(store, now)
  const isDaily = now - daily.beganAt >= dayMs
  if (isDaily) Object.assign(daily, { beganAt: now, visitor: daily.visitor ?? { after: null } })
  const tools = { store, config, log }
  for (const table of agedTables) if (isDaily || !table.unindexed) await deleteOld(tools, table, now)
  if (isDaily) await deleteReleases(tools, now)
  await eraseVisitors(tools, daily, now)
}

/** Says that writes will soon have no partition, where this service may not make one. */
async function warnOfLastPartition({ store, log }: Pick<Tools, "store" | "log">, nowMs: number): Promise<void> {
  const endsAt = await store.partitions.endsAt()
  if (endsAt - nowMs > fewPartitionDays * dayMs) return
  log.error(
    { endsAt: new Date(endsAt).toISOString() },
    'partitions end soon and this role may not make more; run "beforehand partitions" with the role that owns the tables',
  )
}

type Deleting = Pick<Tools, "store" | "config" | "log">

const rowsAtOnce = 5000
const pagesAtOnce = 100
const visitorsAtOnce = 10_000

/** Deletes old rows of a table, some at a time, so that nobody waits long for a lock. */
async function deleteOld({ store, config, log }: Deleting, table: AgedTable, nowMs: number): Promise<void> {
  const days = typeof table.days === "number" ? table.days : config.lifetimes[table.days]
  let deleted = 0
  for (let last = rowsAtOnce; last === rowsAtOnce; deleted += last)
    last = await store.retention.deleteExpired(table, nowMs - days * dayMs, rowsAtOnce)
  if (deleted > 0) log.info({ table: table.name, days, deleted }, "deleted expired rows")
}

/** Gives back what ran out a day ago and nobody asked for since. */
async function releaseSupplies(store: Tools["store"], nowMs: number): Promise<void> {
  for (let last = rowsAtOnce; last === rowsAtOnce; )
    last = await store.capacities.releaseExpired(nowMs - dayMs, rowsAtOnce)
}

async function deleteReleases({ store, config, log }: Deleting, nowMs: number): Promise<void> {
  const { releases, decisions } = config.lifetimes
  const deleted = await store.releases.deleteExpired({
    madeBeforeMs: nowMs - releases * dayMs,
    liveBeforeMs: nowMs - Math.max(releases, decisions) * dayMs,
  })
  if (deleted > 0) log.info({ days: releases, deleted }, "deleted expired releases")
}

/** Goes on with the day's walk over the profiles; a walk that does not end in this turn goes on in the next. */
async function eraseVisitors({ store, config, log }: Deleting, daily: DailyWork, nowMs: number): Promise<void> {
  const days = config.lifetimes.visitors
  let erased = 0
  for (let page = 0; page < pagesAtOnce && erased < visitorsAtOnce && daily.visitor !== null; page++) {
    const walked = await store.visitors.eraseExpired({
      beforeMs: nowMs - days * dayMs,
      after: daily.visitor.after,
      limit: rowsAtOnce,
    })
    erased += walked.erased
    daily.visitor = walked.last === null ? null : { after: walked.last }
  }
  if (erased > 0) log.info({ days, erased }, "erased expired visitors")
}

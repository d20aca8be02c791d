import { setTimeout as sleep } from "node:timers/promises"
import { quarterOf } from "../../core/decision/arm.ts"
import { databaseReasons } from "../../core/problem/database-reason.ts"
import type { StartReason } from "../../core/problem/start-reason.ts"
import { dayMs } from "../../core/time/durations.ts"
import type { Services } from "../../services.ts"
import type { DatabaseFault } from "../../store/database/database-state.ts"
import type { Durability } from "../../store/database/durability.ts"
import { fewPartitionDays } from "../../store/database/partitions.ts"

interface HealthReason {
  code: StartReason | "catalogueUnread" | "partitionsEndSoon"
  /** Part of the work that suffers. */
  affects: "reads" | "writes" | "answers"
  since: string
  message: string
}

export interface Health {
  /** `failing`: nothing can be answered; `starting`: nothing yet. */
  status: "ok" | "degraded" | "failing" | "starting"
  reasons: HealthReason[]
  release: { id: string; createdAt: string; trainedUntil: string } | null
  /** Seconds since the newest event the release learnt from. */
  dataAgeSeconds: number | null
  catalogue: { items: number; offers: number; ageSeconds: number }
  database: { reachable: boolean; durability: Durability | null }
  /** The universal holdout; `null` while it is not known. */
  holdout: { share: number; quarter: string; until: string } | null
}

/** Milliseconds after which an answer is given without the database. */
const timeoutMs = 1000

/** Reads the service's health; never throws, because it is asked when something is wrong. */
export async function readHealth(services: Services): Promise<Health> {
  const { live, catalogue, clock, store } = services
  const inTime = <T>(reading: Promise<T>) =>
    Promise.race([reading.catch(() => null), sleep(timeoutMs, null, { ref: false })])
  const [durability, partitionsEnd] = await Promise.all([
    inTime(store.durability()),
    inTime(store.partitions.knownEnd()),
  ])
  const release = live.current()
  const quarter = quarterOf(clock())
  const { items, offers } = catalogue.current()
  const ageSeconds = Math.max(0, (clock() - catalogue.asOf()) / 1000)
  const unread = catalogue.asOf() === 0 ? [catalogueUnread(clock())] : []
  const faults = store.state.faults()
  const isUnknown = durability === null && !faults.some(({ access }) => access === "reads")
  const missed: DatabaseFault[] = isUnknown ? [{ access: "reads", reason: "readsHang", since: clock() }] : []
  const ending = partitionsEnd === null ? [] : partitionsEnding(partitionsEnd, clock())
  const reasons = [...unread, ...[...faults, ...missed].map(reasonOf), ...ending]
  return {
    status: unread.length > 0 ? "failing" : reasons.length > 0 ? "degraded" : "ok",
    reasons,
    release: release && {
      id: release.id,
      createdAt: new Date(release.createdAt).toISOString(),
      trainedUntil: new Date(release.trainedUntil).toISOString(),
    },
    dataAgeSeconds: release && (clock() - release.trainedUntil) / 1000,
    catalogue: { items: items.size, offers: offers.size, ageSeconds },
    database: { reachable: durability !== null, durability },
    holdout: {
      share: services.config.armShares.holdout,
      quarter: quarter.name,
      until: new Date(quarter.until).toISOString(),
    },
  }
}

/** Returns the health of a service that has not opened its database yet, or does something long before it answers. */
export const healthAtStart = (step: { reason: StartReason; message: string; since: number }): Health => ({
  status: "starting",
  reasons: [
    { code: step.reason, affects: "answers", since: new Date(step.since).toISOString(), message: step.message },
  ],
  release: null,
  dataAgeSeconds: null,
  catalogue: { items: 0, offers: 0, ageSeconds: 0 },
  database: { reachable: !(step.reason in databaseReasons), durability: null },
  holdout: null,
})

const reasonOf = ({ access, reason, since }: DatabaseFault): HealthReason => ({
  code: reason,
  affects: access,
  since: new Date(since).toISOString(),
  message: databaseReasons[reason],
})

/** Returns the reason that writes will soon have no partition, because nobody who may makes any. */
function partitionsEnding(endsAt: number, now: number): HealthReason[] {
  const shortSince = endsAt - fewPartitionDays * dayMs
  if (now < shortSince) return []
  return [
    {
      code: "partitionsEndSoon",
      affects: "writes",
      since: new Date(shortSince).toISOString(),
      message: `partitions end at ${new Date(endsAt).toISOString()}; run "beforehand partitions" with the role that owns the tables`,
    },
  ]
}

const catalogueUnread = (now: number): HealthReason => ({
  code: "catalogueUnread",
  affects: "answers",
  since: new Date(now).toISOString(),
  message: "the catalogue has not been read yet",
})

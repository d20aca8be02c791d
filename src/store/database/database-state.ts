import { performance } from "node:perf_hooks"
import type { Logger } from "pino"
import { type DatabaseReason, databaseReasons } from "../../core/problem/database-reason.ts"

const accesses = ["reads", "writes"] as const
/** Parts of the database that fail apart: a standby answers reads, and a lost synchronous standby hangs commits alone. */
export type Access = (typeof accesses)[number]

export interface DatabaseFault {
  access: Access
  reason: DatabaseReason
  /** Milliseconds since the epoch. */
  since: number
}

type Listener = (access: Access, fault: DatabaseFault | null) => void

/** Knowledge of the database from this process's own calls: the one object that health, metrics and answers read. */
export interface DatabaseState {
  /** Returns what is wrong with reads or with writes; `null` while nothing is. */
  fault(access: Access): DatabaseFault | null
  faults(): DatabaseFault[]
  /** Takes note of a call that was answered after `ms` milliseconds. */
  succeed(access: Access, ms: number): void
  /** Takes note of a call that found something to be wrong. */
  fail(access: Access, reason: DatabaseReason): void
  /** Takes note of a lock that was not given in time: of a row, or perhaps of a whole table. */
  doubt(): void
  /** Takes note of a probe that succeeded: a fault ends where no call has failed for three seconds. */
  probed(access: Access, ms: number): void
  /** Calls the listener when a lock is doubted; returns what ends that. */
  onDoubt(listener: () => void): () => void
  /** Calls the listener after every change; returns what ends that. */
  onChange(listener: Listener): () => void
}

/** A fault ends with the first answer after so many milliseconds without a failure, so that it does not come and go. */
const calmMs = 900
/** The same where the answer is that of a probe, which asks less than callers do. */
const probedCalmMs = 2500
/** Typical milliseconds of a call that is `slow`; it no longer is below half of that. */
const slowMs = 150
/** Share of each new answer in what is typical. */
const newShare = 1 / 16
/** Most that one late answer counts for, in milliseconds. */
const mostMs = 4 * slowMs

interface Known {
  fault: DatabaseFault | null
  failedAt: number
  typicalMs: number
}

/** True if a reason says less than any other that is known. */
const isVague = (reason: DatabaseReason) => reason === "readsHang" || reason === "writesHang" || reason === "slow"

/** Creates the state of a database that nothing is known to be wrong with; each change is logged once. */
export function createDatabaseState(
  log: Pick<Logger, "warn" | "info">,
  clock: () => number = Date.now,
  now: () => number = () => performance.now(),
): DatabaseState {
  const listeners = new Set<Listener>()
  const doubters = new Set<() => void>()
  const well = (): Known => ({ fault: null, failedAt: Number.NEGATIVE_INFINITY, typicalMs: 0 })
  const knownOf = { reads: well(), writes: well() }

  const tell = (access: Access) => {
    for (const listener of listeners) listener(access, knownOf[access].fault)
  }
  const begin = (access: Access, reason: DatabaseReason) => {
    const known = knownOf[access]
    if (known.fault?.reason === reason) return
    if (known.fault !== null && isVague(reason) && !isVague(known.fault.reason)) return
    known.fault = { access, reason, since: known.fault?.since ?? clock() }
    log.warn({ access, reason }, `database fault: ${databaseReasons[reason]}`)
    tell(access)
  }
  const end = (access: Access, { reason, since }: DatabaseFault) => {
    knownOf[access].fault = null
    log.warn({ access, reason, ms: clock() - since }, `database fault has ended: ${databaseReasons[reason]}`)
    tell(access)
  }
  return {
    fault: (access) => knownOf[access].fault,
    faults: () => accesses.flatMap((access) => knownOf[access].fault ?? []),
    succeed(access, ms) {
      const known = knownOf[access]
      known.typicalMs += newShare * (Math.min(ms, mostMs) - known.typicalMs)
      const { fault } = known
      if (fault === null) {
        if (known.typicalMs >= slowMs) begin(access, "slow")
      } else if (fault.reason === "slow") {
        if (known.typicalMs < slowMs / 2) end(access, fault)
      } else if (now() - known.failedAt >= calmMs) end(access, fault)
    },
    fail(access, reason) {
      knownOf[access].failedAt = now()
      begin(access, reason)
    },
    doubt() {
      for (const doubter of doubters) doubter()
    },
    probed(access, ms) {
      const known = knownOf[access]
      const { fault } = known
      if (fault === null) return
      if (fault.reason === "slow") known.typicalMs = (known.typicalMs + Math.min(ms, mostMs)) / 2
      const isOver = fault.reason === "slow" ? known.typicalMs < slowMs / 2 : now() - known.failedAt >= probedCalmMs
      if (isOver) end(access, fault)
    },
    onDoubt(listener) {
      doubters.add(listener)
      return () => doubters.delete(listener)
    },
    onChange(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}

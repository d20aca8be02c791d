import type { DatabaseReason } from "../../src/core/problem/database-reason.ts"

/** Expected behaviour of the service in a fault. */
interface ExpectedFault {
  /** Reasons of which `/health` states at least one; empty: it need not state any. */
  reasons: readonly `${"reads" | "writes"} ${DatabaseReason}`[]
  /** True if no event at all can be acknowledged. */
  refusesEvents: boolean
}

const gone = ["reads absent", "writes absent"] as const

/** Faults by name, as the table of the operations page states them. */
export const expectedFaults: Readonly<Record<string, ExpectedFault>> = {
  absent: { reasons: gone, refusesEvents: true },
  readOnly: { reasons: ["writes readOnly"], refusesEvents: true },
  outOfConnections: { reasons: ["reads outOfConnections", "writes outOfConnections", ...gone], refusesEvents: true },
  diskFull: { reasons: ["writes diskFull", "writes outOfResources", "writes absent"], refusesEvents: false },
  hungCommits: { reasons: ["writes writesHang", "writes standbyLost"], refusesEvents: true },
  stoppedProcesses: { reasons: ["reads readsHang", "writes writesHang"], refusesEvents: false },
  lockedTable: { reasons: ["writes locked", "writes writesHang", "reads locked"], refusesEvents: true },
  lockedRow: { reasons: [], refusesEvents: false },
  slow: { reasons: ["reads slow", "writes slow"], refusesEvents: false },
  flapping: { reasons: gone, refusesEvents: false },
  failover: { reasons: gone, refusesEvents: true },
  cancelledStatement: { reasons: [], refusesEvents: false },
  clocksApart: { reasons: [], refusesEvents: false },
}

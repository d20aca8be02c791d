import { clocksApart } from "./clock-fault.ts"
import type { Fault } from "./fault.ts"
import { flappingNetwork, slowNetwork } from "./network-faults.ts"
import { absent, diskFull, failover, hungCommits, readOnly, stoppedProcesses } from "./server-faults.ts"
import { cancelledStatement, lockedRow, lockedTable, outOfConnections } from "./session-faults.ts"

/** Every way a database is sick that is made real, in the order in which they are tried. */
export const faults: readonly Fault[] = [
  absent,
  readOnly,
  outOfConnections,
  diskFull,
  hungCommits,
  stoppedProcesses,
  lockedTable,
  lockedRow,
  slowNetwork,
  flappingNetwork,
  failover,
  cancelledStatement,
  clocksApart,
]

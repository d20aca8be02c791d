import { spawnSync } from "node:child_process"
import { rmSync } from "node:fs"
import { statfs } from "node:fs/promises"
import { join } from "node:path"
import { setTimeout as sleep } from "node:timers/promises"
import { isAlive } from "../../../../src/store/embedded/process.ts"
import { serviceRole } from "../replicated-database.ts"
import { type Fault, repeatedly } from "./fault.ts"
import { cancelling } from "./session-faults.ts"

/** An operator stops PostgreSQL and starts it again. */
export const absent: Fault = {
  name: "absent",
  degrades: true,
  async begin({ database }) {
    await database.primary().stop()
    return () => database.startPrimary()
  },
}

/** The address leads to the standby, which reads and refuses to write (SQLSTATE 25006). */
export const readOnly: Fault = {
  name: "readOnly",
  degrades: true,
  async begin({ database, network }) {
    network.pointTo(database.urlAt(database.standby()))
    return async () => network.pointTo(database.urlAt(database.primary()))
  },
}

/** The synchronous standby is lost: whatever commits waits for it. */
export const hungCommits: Fault = {
  name: "hungCommits",
  degrades: true,
  async begin({ database }) {
    await database.standby().stop()
    return () => database.startStandby()
  },
}

/** All that the primary runs for the service, and the process that writes its log, stand still. */
export const stoppedProcesses: Fault = {
  name: "stoppedProcesses",
  degrades: true,
  async begin({ database }) {
    const primary = database.primary()
    const pids = [...primary.processes(`postgres: ${serviceRole} `), ...primary.processes("walwriter")]
    for (const pid of pids) process.kill(pid, "SIGSTOP")
    return async () => {
      for (const pid of pids) if (isAlive(pid)) process.kill(pid, "SIGCONT")
    }
  },
}

const cancelMs = 4000

/**
 * The primary loses its power, and the standby takes its place and its address. In every other round the standby was lost some
 * seconds before, and commits that waited for it were cancelled: they are on the primary alone, and nobody may have been told of them.
 */
export const failover: Fault = {
  name: "failover",
  degrades: true,
  async begin({ database, network }, round) {
    if (round % 2 === 1) {
      await database.standby().stop()
      const stopCancelling = cancelling(database)
      await sleep(cancelMs)
      await stopCancelling()
    }
    await database.primary().crash()
    return async () => {
      await database.promoteStandby()
      network.pointTo(database.urlAt(database.primary()))
    }
  },
  restore: ({ database }) => database.rebuildStandby(),
}

/** Two pages of a table. */
const spareBytes = 16 * 1024

/** The primary's file system has room for two more pages, again and again. */
export const diskFull: Fault = {
  name: "diskFull",
  degrades: true,
  async begin({ database }) {
    const primary = database.primary()
    let ballasts = 0
    const ballast = (n: number) => join(primary.folder, `ballast-${n}`)
    const stopFilling = repeatedly(500, async () => {
      const { bavail, bsize } = await statfs(primary.folder)
      const excess = bavail * bsize - spareBytes
      if (excess <= spareBytes) return
      // Where PostgreSQL took some of it meanwhile, nothing is filled; the next turn reads anew what is left.
      const { status } = spawnSync("fallocate", ["-l", String(excess), ballast(ballasts++)])
      if (status === null) throw new Error("fallocate cannot be run; install util-linux")
    })
    return async () => {
      await stopFilling()
      for (let n = 0; n < ballasts; n++) rmSync(ballast(n), { force: true })
      if (!primary.isRunning()) await database.startPrimary()
    }
  },
}

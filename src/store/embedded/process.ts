import { spawnSync } from "node:child_process"
import { readFileSync } from "node:fs"

/** A process that is not mistaken for a later one with the same number, where the system tells when it started. */
export interface ProcessIdentity {
  pid: number
  startedAt: string | null
}

export const thisProcess = (): ProcessIdentity => ({
  pid: process.pid,
  startedAt: statusOf(process.pid)?.startedAt ?? null,
})

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EPERM") return false
  }
  return statusOf(pid)?.state !== "Z"
}

export function isStillAlive({ pid, startedAt }: ProcessIdentity): boolean {
  return isAlive(pid) && (startedAt === null || statusOf(pid)?.startedAt === startedAt)
}

/** `undefined` where the system does not tell. */
export function commandLineOf(pid: number): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ")
  } catch {
    const listed = spawnSync("ps", ["-ww", "-o", "args=", "-p", String(pid)], { encoding: "utf8" })
    return listed.status === 0 ? listed.stdout : undefined
  }
}

/** Linux only: the state letter and start time in `/proc/PID/stat`, behind the parenthesised command. */
function statusOf(pid: number): { state: string; startedAt: string } | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8")
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ")
    return { state: fields[0]!, startedAt: fields[19]! }
  } catch {
    return undefined
  }
}

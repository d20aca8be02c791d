import { readdirSync } from "node:fs"
import { machineTicks, readProc, statFields, ticksPerSecond } from "./proc.ts"

export interface Sample {
  /** Milliseconds since the epoch. */
  at: number
  /** Seconds of processor time used so far, by group; `machine` is everybody's. */
  cpu: Record<Group, number>
  serverRssMB: number
}

export type Group = "server" | "postgres" | "k6" | "machine"

const pageBytes = 4096

interface Stat {
  pid: number
  parent: number
  ticks: number
  rssPages: number
}

/** A process as the kernel sees it, with the time of children that ended; `null` when it is gone. */
function readStat(pid: number): Stat | null {
  const fields = statFields(`/proc/${pid}/stat`)
  if (fields === null) return null
  const ticks = fields[11]! + fields[12]! + fields[13]! + fields[14]!
  return { pid, parent: fields[1]!, ticks, rssPages: fields[21]! }
}

function allStats(): Stat[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => readStat(Number(name)) ?? [])
}

/** Reads what the groups have used of the processors and memory; `postgresPid` is the postmaster's. */
export function takeSample(pids: { server: number; postgres: number; k6: number }): Sample {
  const stats = allStats()
  const of = (pid: number) => stats.find((stat) => stat.pid === pid)
  const postgres = stats.filter(({ pid, parent }) => pid === pids.postgres || parent === pids.postgres)
  const seconds = (ticks: number) => ticks / ticksPerSecond
  return {
    at: Date.now(),
    cpu: {
      server: seconds(of(pids.server)?.ticks ?? 0),
      postgres: seconds(postgres.reduce((sum, { ticks }) => sum + ticks, 0)),
      k6: seconds(of(pids.k6)?.ticks ?? 0),
      machine: seconds(machineTicks()),
    },
    serverRssMB: ((of(pids.server)?.rssPages ?? 0) * pageBytes) / 1e6,
  }
}

/** The parent of a process. */
export const parentOf = (pid: number): number => readStat(pid)!.parent

/** Processors that each group kept busy on average between two moments; `others` is what is not ours. */
export function sharesBetween(samples: readonly Sample[], from: number, to: number): Record<Group | "others", number> {
  const inside = samples.filter(({ at }) => at >= from && at <= to)
  const first = inside[0]
  const last = inside.at(-1)
  if (!first || !last || first === last) return { server: 0, postgres: 0, k6: 0, machine: 0, others: 0 }
  const seconds = (last.at - first.at) / 1000
  const share = (group: Group) => Math.max(0, last.cpu[group] - first.cpu[group]) / seconds
  const shares = { server: share("server"), postgres: share("postgres"), k6: share("k6"), machine: share("machine") }
  return { ...shares, others: Math.max(0, shares.machine - shares.server - shares.postgres - shares.k6) }
}

/** Megabytes a minute by least squares over the samples from `from` on. */
export function memorySlope(samples: readonly Sample[], from: number): number {
  const later = samples.filter(({ at }) => at >= from)
  const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length
  const minutes = later.map(({ at }) => at / 60_000)
  const megabytes = later.map(({ serverRssMB }) => serverRssMB)
  const middle = mean(minutes)
  const level = mean(megabytes)
  const covariance = mean(minutes.map((minute, n) => (minute - middle) * (megabytes[n]! - level)))
  return covariance / mean(minutes.map((minute) => (minute - middle) ** 2))
}

/** The children of a process, with the command lines that they show. */
export const childrenOf = (pid: number): { pid: number; command: string }[] =>
  allStats()
    .filter(({ parent }) => parent === pid)
    .map((child) => ({ pid: child.pid, command: readProc(`/proc/${child.pid}/cmdline`) ?? "" }))

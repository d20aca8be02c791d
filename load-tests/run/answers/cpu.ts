import { readdirSync } from "node:fs"
import { machineTicks, readProc, statFields, ticksPerSecond } from "../proc.ts"

export interface ProcessRoots {
  server: number
  postgres: number
}

/** Processor time used so far, milliseconds. */
export interface CpuTimes {
  server: number
  postgres: number
}

export interface CpuSample {
  /** Milliseconds since the epoch. */
  at: number
  bySide: Record<string, CpuTimes>
  k6: number
  machine: number
}

const tickMs = 1000 / ticksPerSecond

/** Returns the parent of every process. */
function parents(): Map<number, number> {
  const pids = readdirSync("/proc")
    .map(Number)
    .filter((pid) => pid > 0)
  return new Map(
    pids.flatMap((pid) => {
      const fields = statFields(`/proc/${pid}/stat`)
      return fields === null ? [] : [[pid, fields[1]!] as const]
    }),
  )
}

function treeOf(root: number, parentOf: ReadonlyMap<number, number>): number[] {
  const tree = [root]
  for (const pid of tree) for (const [child, parent] of parentOf) if (parent === pid) tree.push(child)
  return tree
}

/** Returns a thread's time on a processor: nanoseconds where the kernel counts them, else ticks of its user and system time. */
function threadMs(task: string): number | null {
  const schedstat = readProc(`${task}/schedstat`)
  if (schedstat !== null) return Number(schedstat.split(" ")[0]) / 1e6
  const fields = statFields(`${task}/stat`)
  return fields === null ? null : (fields[11]! + fields[12]!) * tickMs
}

const machineMs = (): number => machineTicks() * tickMs

/** Creates a meter of process trees; threads and processes that ended stay counted with what they were last seen to have used. */
export function createCpuMeter(rootsBySide: Readonly<Record<string, ProcessRoots>>) {
  const msByTask = new Map<string, { root: number; ms: number }>()
  const used = (root: number) =>
    [...msByTask.values()].reduce((sum, task) => sum + (task.root === root ? task.ms : 0), 0)

  function update(root: number, parentOf: ReadonlyMap<number, number>): void {
    for (const pid of treeOf(root, parentOf)) {
      let threads: string[] = []
      try {
        threads = readdirSync(`/proc/${pid}/task`)
      } catch {}
      for (const thread of threads) {
        const task = `/proc/${pid}/task/${thread}`
        const ms = threadMs(task)
        if (ms !== null) msByTask.set(task, { root, ms })
      }
    }
  }

  return function read(k6Pid: number | undefined): CpuSample {
    const parentOf = parents()
    const roots = Object.values(rootsBySide).flatMap(({ server, postgres }) => [server, postgres])
    for (const root of [...roots, ...(k6Pid === undefined ? [] : [k6Pid])]) update(root, parentOf)
    return {
      at: Date.now(),
      bySide: Object.fromEntries(
        Object.entries(rootsBySide).map(([side, { server, postgres }]) => [
          side,
          { server: used(server), postgres: used(postgres) },
        ]),
      ),
      k6: k6Pid === undefined ? 0 : used(k6Pid),
      machine: machineMs(),
    }
  }
}

/** Returns how much a growing quantity grew between two moments, by straight lines between samples; `null` outside of them. */
export function growthBetween(
  samples: readonly CpuSample[],
  usedIn: (sample: CpuSample) => number,
  from: number,
  to: number,
): number | null {
  const start = valueAt(samples, usedIn, from)
  const end = valueAt(samples, usedIn, to)
  return start === null || end === null ? null : end - start
}

function valueAt(samples: readonly CpuSample[], usedIn: (sample: CpuSample) => number, at: number): number | null {
  const after = samples.findIndex((sample) => sample.at >= at)
  if (after < 0) return null
  const right = samples[after]!
  if (right.at === at) return usedIn(right)
  const left = samples[after - 1]
  if (left === undefined) return null
  return usedIn(left) + ((usedIn(right) - usedIn(left)) * (at - left.at)) / (right.at - left.at)
}

import { setTimeout as sleep } from "node:timers/promises"
import { askRoutes } from "./ask-routes.ts"
import { type Asked, type Cost, costOf, cpuIn, describeFault, idleOf } from "./compare.ts"
import { type CpuSample, type CpuTimes, createCpuMeter, growthBetween } from "./cpu.ts"
import type { OpenSide } from "./open-side.ts"
import { type AskedRoute, durationOf, gapSeconds, orderOf, planOf, windowOf } from "./schedule.ts"
import { median } from "./statistics.ts"

export interface Side {
  name: "new" | "old" | "twin"
  /** The folder of its k6 script. */
  script: string
  open: OpenSide
}

export interface Sampling {
  samples: CpuSample[]
  follow(k6Pid: number | undefined): void
  /** Takes a sample now. */
  take(): void
  stop(): void
}

const sampleEveryMs = 200
/** Seconds that k6 takes to start and to stop. */
const k6Seconds = 2
/**
 * While warming up, so many times as much is asked for so many times as long: an answer takes a third less of a processor once some
 * thousands were given and compiled.
 */
const warmUpTimes = 2
const warmUpRepeat = -1

/** Samples what every side uses of the processors, until it is stopped. */
export function startSampling(sides: readonly Side[]): Sampling {
  const read = createCpuMeter(Object.fromEntries(sides.map(({ name, open }) => [name, open.pids])))
  const samples: CpuSample[] = []
  let k6Pid: number | undefined
  const take = () => void samples.push(read(k6Pid))
  const timer = setInterval(take, sampleEveryMs)
  return {
    samples,
    take,
    follow: (pid) => {
      k6Pid = pid
    },
    stop: () => clearInterval(timer),
  }
}

interface Repeats {
  sides: readonly Side[]
  asked: readonly AskedRoute[]
  seconds: number
  repeats: number
  /** Returns true if a repeat of so many seconds may begin. */
  mayBegin(seconds: number): boolean
  sampling: Sampling
  stage(line: string): void
  closing: (() => unknown)[]
}

export interface Measured {
  costs: Partial<Record<Side["name"], Record<string, (Cost | null)[]>>>
  /** Processor time that each side spends unasked, milliseconds a second. */
  idle: Record<string, CpuTimes>
  repeats: number
  /** Processors that neither the sides nor k6 kept busy. */
  others: number
  findings: string[]
}

interface Asking {
  side: Side["name"]
  repeat: number
  byRoute: Record<string, Asked>
}

/**
 * Asks every side all routes, in turn, and again, after all were warmed up together, which is not counted. Every side is asked the same
 * questions in a repeat. A route that a side does not answer soundly is a finding, and its figures are `null`.
 */
export async function measureRepeats(given: Repeats): Promise<Measured> {
  const { sides, asked, seconds, repeats, mayBegin, sampling, stage } = given
  const askings: Asking[] = []
  const findings: string[] = []
  const askAll = async (repeat: number, routes: readonly AskedRoute[]): Promise<boolean> => {
    const found = findings.length
    for (const side of orderOf(sides, repeat)) {
      const asking = await askOnce(given, side, { repeat, asked: routes, seconds })
      askings.push(asking)
      for (const [route, { figures }] of Object.entries(asking.byRoute)) {
        const fault = describeFault(figures)
        if (fault !== null) findings.push(`${side.name}, ${route}, repeat ${repeat + 1} is left out: ${fault}`)
      }
    }
    return findings.length === found
  }
  const often = asked.map(({ route, rate }) => ({ route, rate: rate * warmUpTimes }))
  const warming = { repeat: warmUpRepeat, asked: often, seconds: seconds * warmUpTimes }
  await Promise.all(sides.map((side) => askOnce(given, side, warming)))
  stage("warmed up")
  const repeatSeconds = sides.length * (durationOf(asked.length, seconds) + k6Seconds)
  let repeat = 0
  let routes = asked
  while (repeat < repeats && (repeat === 0 || mayBegin(repeatSeconds))) {
    const isSound = await askAll(repeat, routes)
    repeat++
    stage(`repeat ${repeat} of ${repeats}`)
    if (isSound || repeat === repeats) continue
    routes = halved(routes)
    findings.push(`from repeat ${repeat + 1} on half as much is asked, because answers were wrong, refused or late`)
  }
  return {
    ...costsOf(given, askings, repeat),
    ...aside(sampling.samples, askings),
    repeats: repeat,
    findings,
  }
}

const halved = (routes: readonly AskedRoute[]): AskedRoute[] =>
  routes.map(({ route, rate }) => ({ route, rate: Math.max(1, Math.round(rate / 2)) }))

async function askOnce(
  { sampling, closing }: Repeats,
  { name, script, open }: Side,
  { repeat, asked, seconds }: { repeat: number; asked: readonly AskedRoute[]; seconds: number },
): Promise<Asking> {
  const plan = planOf(asked, seconds)
  const { follow } = sampling
  const figures = await askRoutes({ side: open, folder: script, plan, seed: repeat + 1, follow, closing })
  await sleep(gapSeconds * 1000)
  sampling.take()
  const byRoute = Object.fromEntries(
    plan.map((slice) => [
      slice.route,
      { figures: figures.byRoute[slice.route]!, window: windowOf(slice, figures.measuredFrom) },
    ]),
  )
  return { side: name, repeat, byRoute }
}

function costsOf({ sides, asked, sampling }: Repeats, askings: readonly Asking[], repeats: number) {
  const { samples } = sampling
  const costs: Measured["costs"] = {}
  const idle: Measured["idle"] = {}
  for (const { name } of sides) {
    const unasked = idleOf(
      samples,
      name,
      askings.flatMap(({ side, byRoute }) => (side === name ? [] : Object.values(byRoute).map(({ window }) => window))),
    )
    idle[name] = unasked
    costs[name] = Object.fromEntries(
      asked.map(({ route }) => [
        route,
        Array.from({ length: repeats }, (_, repeat) => {
          const own = askings.find((asking) => asking.side === name && asking.repeat === repeat)
          const one = own?.byRoute[route]
          return one ? costOf(one, cpuIn(samples, name, one.window), unasked) : null
        }),
      ]),
    )
  }
  return { costs, idle }
}

/** Returns how many processors others kept busy while the sides were asked. */
function aside(samples: readonly CpuSample[], askings: readonly Asking[]): { others: number } {
  const ours = ({ bySide, k6 }: CpuSample) =>
    Object.values(bySide).reduce((sum, { server, postgres }) => sum + server + postgres, k6)
  const busy = askings.flatMap(({ byRoute }) =>
    Object.values(byRoute).flatMap(({ window: { from, to } }) => {
      const others = growthBetween(samples, (sample) => sample.machine - ours(sample), from, to)
      return others === null ? [] : [Math.max(0, others / (to - from))]
    }),
  )
  return { others: median(busy) ?? 0 }
}

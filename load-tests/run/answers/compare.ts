import type { RouteFigures } from "../../answers.ts"
import { type CpuSample, type CpuTimes, growthBetween } from "./cpu.ts"
import { median, noiseOf, pairedRatios, type Spread, spreadOf } from "./statistics.ts"

export interface Window {
  from: number
  to: number
}

/** One route in one repeat: what k6 saw, and when the work was done. */
export interface Asked {
  figures: RouteFigures
  window: Window
}

/** Cost of an answer in one repeat: processor time in milliseconds, without what the side does unasked. */
export interface Cost {
  cpuMs: number
  serverMs: number
  postgresMs: number
  p50Ms: number
  p95Ms: number
  p99Ms: number
}

/** Returns a side's processor time in a window, milliseconds; `null` without samples around it. */
export function cpuIn(samples: readonly CpuSample[], side: string, { from, to }: Window): CpuTimes | null {
  const server = growthBetween(samples, ({ bySide }) => bySide[side]!.server, from, to)
  const postgres = growthBetween(samples, ({ bySide }) => bySide[side]!.postgres, from, to)
  return server === null || postgres === null ? null : { server, postgres }
}

/** Returns what a side does unasked, milliseconds of processor time a second: the median over windows in which nobody asked it. */
export function idleOf(samples: readonly CpuSample[], side: string, windows: readonly Window[]): CpuTimes {
  const rates = windows.flatMap((window) => {
    const cpu = cpuIn(samples, side, window)
    const seconds = (window.to - window.from) / 1000
    return cpu === null ? [] : [{ server: cpu.server / seconds, postgres: cpu.postgres / seconds }]
  })
  return {
    server: median(rates.map(({ server }) => server)) ?? 0,
    postgres: median(rates.map(({ postgres }) => postgres)) ?? 0,
  }
}

/** Of a route's answers in a repeat, how many may be cut off at its end. */
const mostLate = 0.02

/** Returns what is wrong with a route's answers in words; `null` when they can be counted. */
export function describeFault({ asked, counted, errors, refused, late }: RouteFigures): string | null {
  if (errors > 0) return `${errors} of ${asked} answers were wrong`
  if (refused > 0) return `${refused} of ${asked} requests were refused`
  if (late > mostLate * asked) return `${late} of ${asked} answers came too late`
  return counted === 0 ? "nothing was answered" : null
}

/** Returns the cost of an answer; `null` where answers cannot be counted or nothing was sampled. */
export function costOf({ figures, window }: Asked, cpu: CpuTimes | null, idle: CpuTimes): Cost | null {
  const { asked, p50Ms, p95Ms, p99Ms } = figures
  if (cpu === null || describeFault(figures) !== null) return null
  const seconds = (window.to - window.from) / 1000
  const serverMs = (cpu.server - idle.server * seconds) / asked
  const postgresMs = (cpu.postgres - idle.postgres * seconds) / asked
  return { cpuMs: serverMs + postgresMs, serverMs, postgresMs, p50Ms, p95Ms, p99Ms }
}

/** A side's costs by route, one entry a repeat. */
export type CostsByRoute = Readonly<Record<string, readonly (Cost | null)[]>>

export interface RouteComparison {
  /** Medians over the repeats; `null` when none succeeded. */
  cost: Cost | null
  cpuRatio: Spread | null
  p95Ratio: Spread | null
}

const medianOf = (costs: readonly Cost[], key: keyof Cost): number => median(costs.map((cost) => cost[key]))!

/** Returns the medians of a route's costs, each taken by itself. */
export function medianCost(costs: readonly (Cost | null)[]): Cost | null {
  const known = costs.filter((cost) => cost !== null)
  if (known.length === 0) return null
  const of = (key: keyof Cost) => medianOf(known, key)
  return {
    cpuMs: of("cpuMs"),
    serverMs: of("serverMs"),
    postgresMs: of("postgresMs"),
    p50Ms: of("p50Ms"),
    p95Ms: of("p95Ms"),
    p99Ms: of("p99Ms"),
  }
}

/** Returns each of our routes beside theirs, repeat by repeat. */
export function compareRoutes(ours: CostsByRoute, theirs: CostsByRoute): Record<string, RouteComparison> {
  return Object.fromEntries(
    Object.entries(ours).map(([route, costs]) => {
      const others = theirs[route] ?? []
      const ratio = (key: "cpuMs" | "p95Ms") =>
        spreadOf(
          pairedRatios(
            costs.map((cost) => cost?.[key] ?? null),
            others.map((cost) => cost?.[key] ?? null),
          ),
        )
      return [route, { cost: medianCost(costs), cpuRatio: ratio("cpuMs"), p95Ratio: ratio("p95Ms") }]
    }),
  )
}

/** Returns how far this code is from itself: the largest distance from 1 of its processor time over the twin's, over the routes. */
export const noiseOfTwin = (byRoute: Readonly<Record<string, RouteComparison>>): number | null =>
  noiseOf(Object.values(byRoute).map(({ cpuRatio }) => cpuRatio))

import type { Cost, RouteComparison } from "./compare.ts"
import type { Spread } from "./statistics.ts"

const rounded = (value: number): number => Math.round(value * 1000) / 1000

const ratioText = (ratio: Spread | null): string =>
  ratio === null ? "-" : `${ratio.median.toFixed(2)} (${ratio.least.toFixed(2)}-${ratio.most.toFixed(2)})`

const costCells = (cost: Cost | null): string[] =>
  cost === null
    ? ["-", "-", "-"]
    : [
        `${cost.cpuMs.toFixed(2)} ms`,
        `${cost.serverMs.toFixed(2)} + ${cost.postgresMs.toFixed(2)}`,
        [cost.p50Ms, cost.p95Ms, cost.p99Ms].map((ms) => ms.toFixed(1)).join(" / "),
      ]

/** Returns rows of equal columns as lines. */
export function linesOf(rows: readonly (readonly string[])[]): string[] {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)))
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column]!))
      .join("  ")
      .trimEnd(),
  )
}

export interface Reported {
  /** This commit beside the other; beside nothing, its ratios are `null`. */
  byRoute: Readonly<Record<string, RouteComparison>>
  /** The other commit's costs. */
  oldCosts: Readonly<Record<string, Cost | null>>
  /** This code beside its twin. */
  byTwin: Readonly<Record<string, RouteComparison>>
}

/** Returns a table: a row for each route, with the spread of the repeats behind each ratio. */
export function tableOf({ byRoute, oldCosts, byTwin }: Reported): string[] {
  const header = ["route", "cpu", "server + postgres", "p50 / p95 / p99 ms", "old cpu", "old p95"]
  const rows = Object.entries(byRoute).map(([route, { cost, cpuRatio, p95Ratio }]) => {
    const old = oldCosts[route] ?? null
    return [
      route,
      ...costCells(cost),
      old === null ? "-" : `${old.cpuMs.toFixed(2)} ms`,
      old === null ? "-" : old.p95Ms.toFixed(1),
      ratioText(cpuRatio),
      ratioText(p95Ratio),
      ratioText(byTwin[route]?.cpuRatio ?? null),
    ]
  })
  return linesOf([[...header, "cpu new / old", "p95 new / old", "cpu this / twin"], ...rows])
}

/** Returns the line that other programs read. */
export function jsonLine(
  against: string | null,
  byRoute: Reported["byRoute"],
  rateRatio: number | null,
  noise: number | null,
): string {
  const orNull = (value: number | undefined) => (value === undefined ? null : rounded(value))
  const routes = Object.fromEntries(
    Object.entries(byRoute).map(([route, { cost, cpuRatio, p95Ratio }]) => [
      route,
      { cpuMs: orNull(cost?.cpuMs), cpuRatio: orNull(cpuRatio?.median), p95Ratio: orNull(p95Ratio?.median) },
    ]),
  )
  return JSON.stringify({
    bench: "answers",
    against,
    routes,
    rateRatio: orNull(rateRatio ?? undefined),
    noise: orNull(noise ?? undefined),
  })
}

import { slo } from "../slo.ts"
import type { Figures } from "../summary.ts"
import { type K6Run, runK6 } from "./k6.ts"
import { sharesBetween } from "./processes.ts"

export type Route = "recommend" | "twin" | "bare" | "peer"

export interface Limit {
  route: Route
  /** The last rate that held, requests a second. */
  rate: number
  p50Ms: number
  p99Ms: number
  /** Processors kept busy at that rate. */
  shares: ReturnType<typeof sharesBetween>
  /** True if k6 used more of the machine than what it asked: then the rate is k6's and not the route's. */
  k6WasTheLimit: boolean
  run: K6Run
}

interface Ramp {
  firstRate: number
  growth: number
  stepSeconds: number
  steps: number
  warmUpSeconds: number
}

type Ask = (route: Route, ramp: Ramp) => Promise<K6Run>

/** Creates the function by which k6 asks one target's routes. */
export const rampAgainst =
  (environment: Record<string, string>, pids: { server: number; postgres: number }): Ask =>
  (route, { firstRate, growth, stepSeconds, steps, warmUpSeconds }) =>
    runK6(
      "breakpoint",
      {
        ...environment,
        ROUTE: route,
        RATE: String(firstRate),
        GROWTH: String(growth),
        STEP_SECONDS: String(stepSeconds),
        STEPS: String(steps),
        WARM_UP_SECONDS: String(warmUpSeconds),
      },
      pids,
    )

/** Ramps coarsely until the budget breaks, then in fine steps from below that. */
export async function findLimit(ask: Ask, route: Route, fromRate: number): Promise<Limit> {
  const coarse = { firstRate: fromRate, growth: 1.3, stepSeconds: 5, steps: 16, warmUpSeconds: 5 }
  const first = lastHeld(await ask(route, coarse), coarse)
  const nearby = first === null ? fromRate / 3 : first.rate * 0.8
  const fine = { firstRate: Math.round(nearby), growth: 1.05, stepSeconds: 8, steps: 20, warmUpSeconds: 5 }
  const run = await ask(route, fine)
  const held = lastHeld(run, fine)
  if (held === null) throw new Error(`${route} did not even hold ${fine.firstRate} requests a second`)
  const from = run.figures.measuredFrom + held.step * fine.stepSeconds * 1000
  const shares = sharesBetween(run.samples, from, from + fine.stepSeconds * 1000)
  const { quantilesMs } = run.figures.periods[held.step]!
  return {
    route,
    rate: held.rate,
    p50Ms: quantilesMs["50"]!,
    p99Ms: quantilesMs["99"]!,
    shares,
    k6WasTheLimit: shares.k6 >= shares.server + shares.postgres,
    run,
  }
}

/** The last step before the first that broke the budget, refused somebody or could not be sent; `null` if the first did. */
export function lastHeld(
  { figures }: { figures: Pick<Figures, "periods" | "droppedByScenario"> },
  { firstRate, growth, steps }: Pick<Ramp, "firstRate" | "growth" | "steps">,
): { step: number; rate: number } | null {
  const rateOf = (step: number) => Math.round(firstRate * growth ** step)
  const holds = (step: number) => {
    const { count, quantilesMs, refused } = figures.periods[step]!
    const dropped = figures.droppedByScenario[`step${step}`] ?? 0
    return count > 0 && quantilesMs["99"]! <= slo.breakpoint.p99Ms && refused === 0 && dropped <= rateOf(step) / 100
  }
  let step = 0
  while (step < steps && holds(step)) step++
  return step === 0 ? null : { step: step - 1, rate: rateOf(step - 1) }
}

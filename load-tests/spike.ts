import { ramping, surroundings } from "./arrivals.ts"
import { elapsed, measured, type Run } from "./measure.ts"
import { drawVerb } from "./mix.ts"
import { ask } from "./requests.ts"
import { settings } from "./settings.ts"
import { slo } from "./slo.ts"
import { summarize } from "./summary.ts"

/** The usual rate, five times as much within seconds, for a while, and the usual rate again. */
const { rate, warmUpSeconds } = settings
const { times, riseSeconds } = slo.spike
const stages = [
  { target: rate, seconds: 15 },
  { target: rate * times, seconds: riseSeconds },
  { target: rate * times, seconds: 20 },
  { target: rate, seconds: 1 },
  { target: rate, seconds: 30 },
]
const seconds = stages.reduce((sum, stage) => sum + stage.seconds, 0)
const common = measured(seconds)

export const options = {
  ...common,
  thresholds: { ...common.thresholds, dropped_iterations: ["count>=0"] },
  scenarios: {
    ...surroundings(rate, seconds),
    spike: { ...ramping(rate, stages, warmUpSeconds), preAllocatedVUs: 600, maxVUs: 2000, exec: "measuredPart" },
  },
}

export const measuredPart = (run: Run) => {
  const period = String(Math.max(0, Math.floor(elapsed(run))))
  ask(drawVerb(Math.random()), run, { period }, 20)
}

export { reference, setup, warmUp } from "./steady-mix.ts"
export const handleSummary = (data: Parameters<typeof summarize>[0]) => summarize(data, seconds, 1)

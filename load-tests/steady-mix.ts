import { constant, surroundings } from "./arrivals.ts"
import { elapsed, measured, type Run } from "./measure.ts"
import { drawVerb } from "./mix.ts"
import { ask, askReference, prepare } from "./requests.ts"
import { settings } from "./settings.ts"
import { slo } from "./slo.ts"
import { summarize } from "./summary.ts"

const inspectOneIn = 20

/** A test in which the steady mix of questions and events arrives at a constant rate. */
export function steadyMix({
  seconds,
  periodSeconds,
  promotes,
}: {
  seconds: number
  periodSeconds: number
  promotes: boolean
}) {
  const { rate, warmUpSeconds, asserts } = settings
  const periods = Math.ceil(seconds / periodSeconds)
  const promotedAt = promotes
    ? Math.max(0, Math.floor((seconds - slo.afterPromotion.seconds) / 2))
    : Number.POSITIVE_INFINITY
  const common = measured(periods)
  const { p95Ms, p99Ms } = slo.steady
  const budget = {
    ...(!promotes && { answer_ms: [`p(95)<=${p95Ms}`, `p(99)<=${p99Ms}`] }),
    ...(promotes && { "answer_ms{phase:afterPromotion}": [`p(99)<=${slo.afterPromotion.p99Ms}`] }),
  }
  const tagsAt = (second: number) => ({
    period: String(Math.floor(second / periodSeconds)),
    phase: second >= promotedAt && second < promotedAt + slo.afterPromotion.seconds ? "afterPromotion" : "usual",
  })
  return {
    promotedAt,
    options: {
      ...common,
      thresholds: { ...common.thresholds, ...(asserts === "speed" && budget) },
      scenarios: {
        ...surroundings(rate, seconds),
        steady: { ...constant(rate, seconds, warmUpSeconds), exec: "measuredPart" },
      },
    },
    measuredPart: (run: Run) => ask(drawVerb(Math.random()), run, tagsAt(Math.max(0, elapsed(run))), inspectOneIn),
    summary: (data: Parameters<typeof summarize>[0]) => summarize(data, periods, periodSeconds),
  }
}

export const setup = prepare
export const warmUp = (run: Run) => ask(drawVerb(Math.random()), run, null, inspectOneIn)
export const reference = askReference

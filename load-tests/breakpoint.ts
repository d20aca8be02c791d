import exec from "k6/execution"
import http from "k6/http"
import { constant } from "./arrivals.ts"
import { type Answer, keep, measured, type Run, succeeded } from "./measure.ts"
import { ask, prepare } from "./requests.ts"
import { settings } from "./settings.ts"
import { slo } from "./slo.ts"
import { summarize } from "./summary.ts"
import { zipf } from "./zipf.ts"

/** Rates that rise step by step until one breaks the budget; ROUTE says what is asked. */
const firstRate = settings.rate
const growth = Number(__ENV.GROWTH ?? 1.1)
const stepSeconds = Number(__ENV.STEP_SECONDS ?? 8)
const steps = Number(__ENV.STEPS ?? 20)
/** Seconds after a change of rate that are not counted. */
const settleSeconds = 1

const rateOf = (step: number) => Math.round(firstRate * growth ** step)
const startOf = (step: number) => settings.warmUpSeconds + step * stepSeconds
const p99Budget = `p(99)<=${slo.breakpoint.p99Ms}`

const common = measured(steps)
const stepNumbers = Array.from({ length: steps }, (_, step) => step)
/** Judged when the step is over, so that every step that began is measured whole. */
const abort = (threshold: string, step: number) => ({
  threshold,
  abortOnFail: true,
  delayAbortEval: `${startOf(step + 1)}s`,
})

export const options = {
  ...common,
  thresholds: {
    ...common.thresholds,
    dropped_iterations: ["count>=0"],
    ...Object.fromEntries(
      stepNumbers.flatMap((step) => [
        [`answer_ms{period:${step}}`, [abort(p99Budget, step)]],
        [`refused{period:${step}}`, [abort("count==0", step)]],
        [`dropped_iterations{scenario:step${step}}`, [abort(`count<=${Math.ceil(rateOf(step) / 100)}`, step)]],
      ]),
    ),
  },
  scenarios: {
    ...(settings.warmUpSeconds > 0 && {
      warmUp: { ...constant(Math.round(firstRate * 0.8), settings.warmUpSeconds), exec: "warmUp" },
    }),
    ...Object.fromEntries(
      stepNumbers.map((step) => [
        `step${step}`,
        { ...constant(rateOf(step), stepSeconds, startOf(step)), gracefulStop: "1s", exec: "measuredPart" },
      ]),
    ),
  },
}

const customerRank = zipf(settings.customers, Math.random)
const headers = { authorization: `Bearer ${settings.keys.read}`, "content-type": "application/json" }

function post(path: string): Answer {
  const question = { customer: { userId: `u-${customerRank()}` }, placement: "home", limit: 10 }
  return http.post(`${settings.baseUrl}${path}`, JSON.stringify(question), { headers })
}

const peer = () =>
  http.get(`${settings.baseUrl}/api/recommend/u-${customerRank()}?n=10`, {
    headers: { "x-api-key": settings.keys.read },
  })

const routes: Readonly<Record<string, (run: Run, tags: Record<string, string> | null) => void>> = {
  recommend: (run, tags) => ask("recommend", run, tags, 20),
  twin: (_, tags) => keepIf(tags, post("/twin"), "the twin"),
  bare: (_, tags) => keepIf(tags, post("/bare"), "the bare route"),
  peer: (_, tags) => keepIf(tags, peer(), "the peer"),
}

function keepIf(tags: Record<string, string> | null, answer: Answer, what: string): void {
  if (tags) keep(answer, "recommend", tags)
  succeeded(answer, what, tags ?? {})
}

const route = routes[__ENV.ROUTE ?? "recommend"]!

export const setup = (): Run =>
  __ENV.ROUTE === "peer" ? { itemIds: [], measuredFrom: Date.now() + settings.warmUpSeconds * 1000 } : prepare()

export const warmUp = (run: Run) => route(run, null)

export function measuredPart(run: Run): void {
  const isSettling = exec.scenario.progress * stepSeconds < settleSeconds
  route(run, isSettling ? null : { period: exec.scenario.name.replace("step", "") })
}

export const handleSummary = (data: Parameters<typeof summarize>[0]) => summarize(data, steps, stepSeconds)

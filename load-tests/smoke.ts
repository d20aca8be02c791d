import { constant } from "./arrivals.ts"
import { measured, type Run } from "./measure.ts"
import { verbs } from "./mix.ts"
import { ask, prepare } from "./requests.ts"
import { settings } from "./settings.ts"
import { slo } from "./slo.ts"
import { summarize } from "./summary.ts"

const { p95Ms, p99Ms, rate: usualRate } = slo.smoke
const rate = Number(__ENV.RATE ?? usualRate)
const common = measured(1)
const budget = Object.fromEntries(
  verbs.map((verb) => [`answer_ms{verb:${verb}}`, [`p(95)<=${p95Ms}`, `p(99)<=${p99Ms}`]]),
)

export const options = {
  ...common,
  thresholds: { ...common.thresholds, ...(settings.asserts === "speed" && { refused: ["count==0"], ...budget }) },
  scenarios: { smoke: constant(rate, settings.seconds) },
}

/** Events are a quarter, so that writing is tried as well as asking. */
const turn = ["recommend", "track", "recommend", "decide", "recommend", "track", "content", "decide"] as const

export const setup = prepare
export default function (run: Run): void {
  ask(turn[Math.floor(Math.random() * turn.length)]!, run, { period: "0" }, 1)
}
export const handleSummary = (data: Parameters<typeof summarize>[0]) => summarize(data, 1, settings.seconds)

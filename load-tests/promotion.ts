import http from "k6/http"
import { fail } from "./measure.ts"
import { settings } from "./settings.ts"
import { steadyMix } from "./steady-mix.ts"

const {
  promotedAt,
  options: steady,
  measuredPart,
  summary,
} = steadyMix({
  seconds: settings.seconds,
  periodSeconds: 1,
  promotes: true,
})

export const options = {
  ...steady,
  scenarios: {
    ...steady.scenarios,
    promotion: {
      executor: "per-vu-iterations",
      vus: 1,
      iterations: 1,
      startTime: `${settings.warmUpSeconds + promotedAt}s`,
      exec: "promote",
    },
  },
}

/** Makes the release of RELEASE_ID live while the mix goes on. */
export function promote(): void {
  const headers = { authorization: `Bearer ${settings.keys.admin}`, "content-type": "application/json" }
  const answer = http.post(`${settings.baseUrl}/v1/models/${__ENV.RELEASE_ID}/promote`, '{"force":true}', { headers })
  if (answer.status !== 200) fail(`the promotion answered ${answer.status}: ${answer.body}`)
}

export { reference, setup, warmUp } from "./steady-mix.ts"
export { measuredPart, summary as handleSummary }

import { settings } from "./settings.ts"
import { steadyMix } from "./steady-mix.ts"

const { options, measuredPart, summary } = steadyMix({ seconds: settings.seconds, periodSeconds: 1, promotes: false })

export { reference, setup, warmUp } from "./steady-mix.ts"
export { measuredPart, options, summary as handleSummary }

import { settings } from "./settings.ts"
import { steadyMix } from "./steady-mix.ts"

const periodSeconds = Math.max(1, settings.seconds / 60)
const { options, measuredPart, summary } = steadyMix({ seconds: settings.seconds, periodSeconds, promotes: false })

export { reference, setup, warmUp } from "./steady-mix.ts"
export { measuredPart, options, summary as handleSummary }

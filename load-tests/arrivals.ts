import { settings } from "./settings.ts"

const vus = { preAllocatedVUs: 100, maxVUs: 600, timeUnit: "1s", gracefulStop: "5s" }

export const constant = (rate: number, seconds: number, startSeconds = 0) => ({
  executor: "constant-arrival-rate" as const,
  rate,
  duration: `${seconds}s`,
  startTime: `${startSeconds}s`,
  ...vus,
})

/** From one rate to the next, each reached after so many seconds. */
export const ramping = (
  startRate: number,
  stages: readonly { target: number; seconds: number }[],
  startSeconds = 0,
) => ({
  executor: "ramping-arrival-rate" as const,
  startRate,
  stages: stages.map(({ target, seconds }) => ({ target, duration: `${seconds}s` })),
  startTime: `${startSeconds}s`,
  ...vus,
})

/** Before the measured part the same requests, rising to its rate; beside it, a few requests to the bare route. */
export const surroundings = (rate: number, seconds: number) => ({
  ...(settings.warmUpSeconds > 0 && {
    warmUp: { ...ramping(Math.ceil(rate / 4), [{ target: rate, seconds: settings.warmUpSeconds }]), exec: "warmUp" },
  }),
  reference: { ...constant(10, seconds, settings.warmUpSeconds), preAllocatedVUs: 5, exec: "reference" },
})

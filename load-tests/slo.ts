/** The objectives of the service, in milliseconds and requests a second; every load test takes its thresholds from here. */
export const slo = {
  /** Long enough for a shared, busy machine: it is correctness that a smoke test is after. */
  smoke: { rate: 200, p95Ms: 50, p99Ms: 100 },
  steady: { rate: 300, p95Ms: 10, p99Ms: 25 },
  afterPromotion: { seconds: 60, p99Ms: 100 },
  spike: { times: 5, riseSeconds: 10, recoverySeconds: 10 },
  soak: { memorySlopeMBPerMinute: 1 },
  /** A rate holds while its p99 is within this; scoring may cost as much as all the rest of a recommendation. */
  breakpoint: { p99Ms: 50, ratioToTwin: 0.5 },
} as const

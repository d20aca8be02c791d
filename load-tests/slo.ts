/** The objectives of the service, in milliseconds and shares; every load test takes its thresholds from here. */
export const slo = {
  /** Requests a second that one process must answer within the objectives. */
  smokeRate: 200,
  errorShare: 0.001,
  latencyMs: {
    recommend: { p95: 50, p99: 100 },
    decide: { p95: 50, p99: 100 },
    content: { p95: 50, p99: 100 },
    track: { p95: 50, p99: 100 },
  },
} as const

export type Verb = keyof typeof slo.latencyMs

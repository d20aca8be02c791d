import { Counter, Gauge, Histogram, type Registry } from "prom-client"

/** One turn of a background loop that has ended. */
interface LoopTurn {
  loop: string
  seconds: number
  error: unknown
}

export interface LoopMetrics {
  /** Counts a turn. */
  observe(turn: LoopTurn): void
  register(registry: Registry): void
}

/** Creates the metrics of background loops, which may begin before there is a registry. */
export function createLoopMetrics(clock: () => number): LoopMetrics {
  const labelNames = ["loop"] as const
  const registers: Registry[] = []
  const beganAt = clock()
  const lastSuccess = new Gauge({
    name: "beforehand_loop_last_success_timestamp_seconds",
    help: "Time when a loop last succeeded, or began without ever doing so, in seconds since the epoch; of the process where it is longest ago.",
    labelNames,
    aggregator: "min",
    registers,
  })
  const seconds = new Histogram({
    name: "beforehand_loop_run_seconds",
    help: "Duration of a loop's turns.",
    labelNames,
    buckets: [0.01, 0.1, 1, 10, 60],
    registers,
  })
  const failures = new Counter({
    name: "beforehand_loop_failures_total",
    help: "Turns of a loop that failed.",
    labelNames,
    registers,
  })
  const known = new Set<string>()
  return {
    observe({ loop, seconds: taken, error }) {
      seconds.observe({ loop }, taken)
      if (error === null) lastSuccess.set({ loop }, clock() / 1000)
      else {
        failures.inc({ loop })
        if (!known.has(loop)) lastSuccess.set({ loop }, beganAt / 1000)
      }
      known.add(loop)
    },
    register(registry) {
      for (const metric of [lastSuccess, seconds, failures]) registry.registerMetric(metric)
    },
  }
}

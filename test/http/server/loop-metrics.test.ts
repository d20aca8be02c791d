import { Registry } from "prom-client"
import { expect, test } from "vitest"
import { createLoopMetrics } from "../../../src/http/server/loop-metrics.ts"

const loop = "retain"

test("a failing turn counts and leaves the time of the last success", async () => {
  let now = 5000
  const registry = new Registry()
  const metrics = createLoopMetrics(() => now)
  metrics.register(registry)
  metrics.observe({ loop, seconds: 0.5, error: new Error("no connection") })
  expect(await registry.metrics()).toContain('beforehand_loop_last_success_timestamp_seconds{loop="retain"} 5\n')
  now = 9000
  metrics.observe({ loop, seconds: 0.5, error: null })
  now = 12_000
  metrics.observe({ loop, seconds: 0.5, error: new Error("no connection") })
  const text = await registry.metrics()
  expect(text).toContain('beforehand_loop_last_success_timestamp_seconds{loop="retain"} 9\n')
  expect(text).toContain('beforehand_loop_failures_total{loop="retain"} 2\n')
  expect(text).toContain('beforehand_loop_run_seconds_bucket{le="1",loop="retain"} 3\n')
})

import { readFileSync } from "node:fs"
import { afterAll, expect, test } from "vitest"
import { slo } from "../../../load-tests/slo.ts"
import { addReadings, combineReadings, growingOnly } from "../../../src/http/server/combine-metrics.ts"
import { createMetrics } from "../../../src/http/server/metrics.ts"
import { observeRefusals } from "../../../src/http/server/observe-refusals.ts"
import { openTestApp } from "../../support/test-app.ts"

const tested = await openTestApp()
afterAll(() => tested.close())

/** Of answers: 200, those of problems, and redirects. */
const statuses = 16

const silent = { warn: () => {} }

test("the bounds of the histogram have every objective, so that a share within it can be read", async () => {
  const metrics = createMetrics(tested.services)
  metrics.requestSeconds.observe({ method: "GET", route: "/health", status: "200" }, 0.001)
  const bounds = [...(await metrics.text()).matchAll(/beforehand_request_seconds_bucket\{le="([\d.]+)"/g)]
  const { smoke, steady, afterPromotion, breakpoint } = slo
  const objectivesMs = [smoke.p95Ms, smoke.p99Ms, steady.p95Ms, steady.p99Ms, afterPromotion.p99Ms, breakpoint.p99Ms]
  expect(bounds.map(([, bound]) => 1000 * Number(bound))).toEqual(expect.arrayContaining(objectivesMs))
})

test("counts of two processes are added, and the largest age is taken", async () => {
  const [one, other] = [createMetrics(tested.services), createMetrics(tested.services)]
  one.events.inc({ status: "accepted" }, 3)
  other.events.inc({ status: "accepted" }, 4)
  const readings = [await one.read(), await other.read()]
  readings[0]!.find(({ name }) => name === "beforehand_catalogue_age_seconds")!.values[0]!.value = 7000
  // As they are after a channel between processes.
  const text = await combineReadings(JSON.parse(JSON.stringify(readings)))
  expect(text).toContain('beforehand_events_total{status="accepted"} 7\n')
  expect(text).toContain("beforehand_catalogue_age_seconds 7000\n")
})

test("of a process that ended only counts stay", async () => {
  const metrics = createMetrics(tested.services)
  metrics.events.inc({ status: "accepted" }, 3)
  metrics.requestSeconds.observe({ method: "GET", route: "/ready", status: "200" }, 0.02)
  const ended = addReadings(growingOnly(await metrics.read()), growingOnly(await metrics.read()))
  const text = await combineReadings([ended, await metrics.read()])
  expect(text).toContain('beforehand_events_total{status="accepted"} 9\n')
  expect(text).toContain('beforehand_request_seconds_count{method="GET",route="/ready",status="200"} 3\n')
  expect(text).toContain('beforehand_request_seconds_bucket{le="0.025",method="GET",route="/ready",status="200"} 3\n')
  expect(ended.map(({ name }) => name)).not.toContain("beforehand_catalogue_age_seconds")
})

test.each([
  ["POST", "/v1/recommend", "POST", "/v1/recommend"],
  ["GET", "/v1/items/a-1?x=1", "GET", "/v1/items/:id"],
  ["GET", "/nothing", "GET", "unmatched"],
  ["PROPFIND", "/v1/items/a-1", "other", "/v1/items/:id"],
])("a refused %s %s counts as %s %s", async (method, url, label, route) => {
  const metrics = createMetrics(tested.services)
  observeRefusals({ routes: tested.app.routes, metrics, log: silent })({ method, url })
  expect(await metrics.text()).toContain(
    `beforehand_request_seconds_count{method="${label}",route="${route}",status="503"} 1\n`,
  )
})

test("a fault of the database is 1 while it lasts, and counted", async () => {
  const metrics = createMetrics(tested.services)
  expect(await metrics.text()).toContain('beforehand_database_fault{access="writes",reason="diskFull"} 0\n')
  tested.services.store.state.fail("writes", "diskFull")
  tested.advance(2000)
  const text = await metrics.text()
  expect(text).toContain('beforehand_database_fault{access="writes",reason="diskFull"} 1\n')
  expect(text).toContain('beforehand_database_faults_total{access="writes",reason="diskFull"} 1\n')
})

test("the documentation bounds the series of requests by operations, statuses and bounds", async () => {
  const operations = new Set(
    tested.app.routes.flatMap(({ method, path }) => (method === "ALL" ? [] : [`${method} ${path}`])),
  )
  const methods = 8
  const most = (operations.size + methods) * statuses
  const page = readFileSync("docs/operations/monitoring.md", "utf8")
  const stated = Number(/at most ([\d,]+) histograms/.exec(page)![1]!.replace(",", ""))
  expect(most).toBeLessThanOrEqual(stated)
  expect(most).toBeGreaterThan(0.8 * stated)
})

test("waits for a connection of two processes are added by pool and bound", async () => {
  const pool = (name: "reads" | "writes", counts: number[], sumSeconds: number) => ({
    ...{ name, max: 2, open: 1, busy: 1, waiting: 0 },
    waits: { bounds: [0.001, 0.1], counts, sumSeconds },
  })
  const withPools = (...pools: ReturnType<typeof pool>[]) =>
    createMetrics({ ...tested.services, store: { ...tested.services.store, pools: () => pools } })
  const one = withPools(pool("reads", [5, 2, 1], 3.5), pool("writes", [1, 0, 0], 0))
  const other = withPools(pool("reads", [1, 0, 0], 0.25), pool("writes", [0, 0, 0], 0))
  expect(await one.text()).toContain('beforehand_pool_wait_seconds_bucket{pool="reads",le="0.1"} 7\n')
  const text = await combineReadings(JSON.parse(JSON.stringify([await one.read(), await other.read()])))
  for (const line of [
    '_wait_seconds_bucket{pool="reads",le="0.001"} 6',
    '_wait_seconds_bucket{pool="reads",le="+Inf"} 9',
    '_wait_seconds_sum{pool="reads"} 3.75',
    '_wait_seconds_count{pool="reads"} 9',
    '_wait_seconds_count{pool="writes"} 1',
    '_connections_max{pool="reads"} 4',
  ])
    expect(text).toContain(`beforehand_pool${line}\n`)
})

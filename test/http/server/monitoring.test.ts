import { readFileSync } from "node:fs"
import { afterAll, beforeAll, expect, test } from "vitest"
import { parse } from "yaml"
import { createLoopMetrics } from "../../../src/http/server/loop-metrics.ts"
import { createMetrics } from "../../../src/http/server/metrics.ts"
import { namedInQuery } from "../../support/promql.ts"
import { openTestApp } from "../../support/test-app.ts"

interface Panel {
  targets?: { expr: string }[]
}
interface Dashboard {
  panels: Panel[]
  templating: { list: { query: string }[] }
}
interface Alerts {
  groups: { rules: { alert: string; expr: string }[] }[]
}

const read = (path: string) => readFileSync(`docs/operations/${path}`, "utf8")
const dashboard = JSON.parse(read("grafana/dashboard.json")) as Dashboard
const alerts = parse(read("alerts.yml")) as Alerts
const [scraped] = (parse(read("prometheus.yml")) as { scrape_configs: { job_name: string }[] }).scrape_configs

const shop = await openTestApp()
afterAll(() => shop.close())

const addedByPrometheus = ["instance", "job"]
const suffixesOf: Readonly<Record<string, readonly string[]>> = {
  histogram: ["_bucket", "_sum", "_count"],
  summary: ["_sum", "_count"],
}

/** The labels of each series that `/metrics` exports, by name; `up` is Prometheus's own. */
const exported = new Map<string, Set<string>>([["up", new Set()]])
const ownMetrics = new Set<string>()

/** Returns the metrics and labels that an expression names and `/metrics` does not export. */
function unknownIn(expression: string): string[] {
  const { labelsByMetric, grouping } = namedInQuery(expression)
  const labelsOf = (metric: string) => [...addedByPrometheus, ...(exported.get(metric) ?? [])]
  const known = [...labelsByMetric.keys()].flatMap(labelsOf)
  const missing = [...labelsByMetric].flatMap(([metric, labels]) => {
    if (!exported.has(metric)) return [metric]
    return [...labels].filter((label) => !labelsOf(metric).includes(label))
  })
  return [...missing, ...[...grouping].filter((label) => !known.includes(label))]
}

beforeAll(async () => {
  const userId = "u-1"
  await shop.ask("POST", "/v1/recommend", { key: "read", body: { customer: { userId } } })
  await shop.ask("POST", "/v1/track", { key: "ingest", body: { userId, event: "Product Viewed", properties: {} } })
  const loops = createLoopMetrics(shop.services.clock)
  loops.observe({ loop: "retain", seconds: 1, error: new Error("no connection") })
  const ofLoops = createMetrics(shop.services, loops)
  await shop.services.store.trainings.record("failed", shop.services.clock())
  shop.services.store.state.fail("writes", "slow")
  const answer = await shop.ask("GET", "/metrics", { key: "none" })
  const text = `${answer.text}\n${await ofLoops.text()}`
  for (const [, name, kind] of text.matchAll(/^# TYPE (\S+) (\S+)$/gm)) {
    if (name!.startsWith("beforehand_")) ownMetrics.add(name!)
    for (const suffix of suffixesOf[kind!] ?? [""]) exported.set(name! + suffix, new Set())
  }
  for (const [, name, labels] of text.matchAll(/^([a-zA-Z_:][\w:]*)\{(.*)\} \S+$/gm))
    for (const [, label] of labels!.matchAll(/([a-zA-Z_]\w*)="/g)) exported.get(name!)?.add(label!)
})

const panels = dashboard.panels.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr))
const rules = alerts.groups.flatMap((group) => group.rules)

test.each(panels)("the dashboard asks for what /metrics has: %s", (expression) => {
  expect(unknownIn(expression)).toEqual([])
})

test.each(rules)("the alert $alert asks for what /metrics has", ({ expr }) => {
  expect(unknownIn(expr)).toEqual([])
})

test("the dashboard's variables are labels of a metric", () => {
  for (const { query } of dashboard.templating.list) {
    const [, metric, label] = /^label_values\((\w+), (\w+)\)$/.exec(query)!
    expect(unknownIn(`${metric}{${label}=""}`)).toEqual([])
  }
})

test("queries name the job that Prometheus gives the service", () => {
  const jobs = [...panels, ...rules.map(({ expr }) => expr)].flatMap((expr) => [...expr.matchAll(/job="([^"]*)"/g)])
  expect(new Set(jobs.map(([, job]) => job))).toEqual(new Set([scraped!.job_name]))
})

test("every metric of the service stands in the documentation, and in the dashboard or in an alert", () => {
  const queries = [...panels, ...rules.map(({ expr }) => expr), ...dashboard.templating.list.map(({ query }) => query)]
  const series = queries.flatMap((expr) => [...namedInQuery(expr).labelsByMetric.keys()])
  const asked = new Set(series.map((name) => name.replace(/_(bucket|sum|count)$/, "")))
  const documented = [...read("monitoring.md").matchAll(/^\| `(beforehand_\w+)` \|/gm)].map(([, name]) => name)
  expect(documented.sort()).toEqual([...ownMetrics].sort())
  expect([...ownMetrics].filter((name) => !asked.has(name))).toEqual([])
})

test("without a release its age is absent, so that the alert for no release fires", async () => {
  shop.advance(1000)
  const { text } = await shop.ask("GET", "/metrics", { key: "none" })
  expect(text).toContain("# TYPE beforehand_release_age_seconds gauge")
  expect(text).not.toMatch(/^beforehand_release_age_seconds /m)
})

test("a metric and a label that do not exist are found", () => {
  expect(unknownIn('sum by (nothing) (rate(beforehand_gone_total{route="/"}[5m])) and on() up{job="a"} > 0')).toEqual([
    "beforehand_gone_total",
    "nothing",
  ])
  expect(unknownIn('beforehand_decisions_total{word="x",verb="decide"} offset 5m')).toEqual(["word"])
})

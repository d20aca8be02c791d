import { readdirSync, readFileSync } from "node:fs"
import { afterAll, beforeAll, expect, test } from "vitest"
import { parseConfig } from "../../src/config.ts"
import { serve } from "../../src/main.ts"
import type { Closing } from "../../src/start/closing.ts"
import { importsOf } from "../support/architecture.ts"
import { openReceiver, type Receiver } from "../support/receiver.ts"
import { openTestApp, type TestApp } from "../support/test-app.ts"

interface ReceivedSpan {
  name: string
  traceId: string
  spanId: string
  parentSpanId?: string
  kind: number
  attributes: { key: string; value: Record<string, unknown> }[]
  status: { code: number }
}

/** Part of every identifier below, and of nothing else. */
const mark = "zq7"
const traceId = "0af7651916cd43dd8448eb211c80319c"
const parentId = "b7ad6b7169203331"

let shop: TestApp
let collector: Receiver
let hook: Receiver
let spans: ReceivedSpan[]
let resource: string
beforeAll(async () => {
  shop = await openTestApp()
  collector = await openReceiver()
  collector.answerWith(() => 200)
  hook = await openReceiver()
  const endpoint = new URL(collector.url).origin
  const config = { ...parseConfig({ OTEL_EXPORTER_OTLP_ENDPOINT: endpoint, ADMIN_KEY: shop.keys.admin }), port: 0 }
  const closing: Closing = []
  const address = await serve({ ...shop.services, config }, closing)
  const ask = async (method: string, path: string, body?: unknown, headers: Record<string, string> = {}) => {
    const answer = await fetch(address + path, {
      method,
      headers: { authorization: `Bearer ${shop.keys.admin}`, "content-type": "application/json", ...headers },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    })
    return { status: answer.status, text: await answer.text() }
  }
  await ask("POST", "/v1/webhooks", { url: hook.url })
  await shop.services.store.webhooks.send([
    {
      subject: `u-${mark}`,
      type: "send.dispatched",
      customerId: null,
      at: Date.now(),
      payload: { email: `${mark}@a.b` },
    },
  ])
  const traceparent = `00-${traceId}-${parentId}-01`
  const customer = { userId: `u-${mark}` }
  expect((await ask("POST", "/v1/recommend", { customer, placement: "home" }, { traceparent })).status).toBe(200)
  await ask("POST", "/v1/track", { userId: `u-${mark}`, event: "Product Viewed", properties: { product_id: mark } })
  await ask("GET", `/v1/items/${mark}?email=${mark}@a.b`)
  await ask("GET", `/no/such/${mark}`)
  await hook.has(1)
  for (const end of closing.splice(0).reverse()) await end(0)
  const bodies = collector.received.map(({ body }) => JSON.parse(body))
  spans = bodies.flatMap(({ resourceSpans }) =>
    resourceSpans.flatMap(({ scopeSpans }: { scopeSpans: { spans: ReceivedSpan[] }[] }) =>
      scopeSpans.flatMap((scope) => scope.spans),
    ),
  )
  resource = JSON.stringify(bodies[0].resourceSpans[0].resource)
})
afterAll(async () => {
  await shop.close()
  await collector.close()
  await hook.close()
})

const named = (name: string) => spans.filter((span) => span.name === name)
const attributesOf = ({ attributes }: ReceivedSpan) =>
  Object.fromEntries(attributes.map(({ key, value }) => [key, Object.values(value)[0]]))

test("a request is a span of its caller's trace, named by its route", () => {
  const [asked] = named("POST /v1/recommend")
  expect(asked).toMatchObject({ traceId, parentSpanId: parentId, kind: 2 })
  expect(attributesOf(asked!)).toEqual({
    "http.request.method": "POST",
    "http.route": "/v1/recommend",
    "http.response.status_code": 200,
  })
  expect(named("GET /v1/items/:id")).toHaveLength(1)
  expect(named("GET unmatched")).toHaveLength(1)
})

test("each call of the store is a span beneath its request, named by the call", () => {
  const [asked] = named("POST /v1/recommend")
  const calls = spans.filter(({ parentSpanId }) => parentSpanId === asked!.spanId)
  expect(calls.map(({ name }) => name).sort()).toEqual(["customers.read", "decisions.record", "decisions.shownTo"])
  for (const call of calls) {
    expect(call).toMatchObject({ traceId, kind: 3 })
    expect(attributesOf(call)).toEqual({ "db.system.name": "postgresql", "db.operation.name": call.name })
  }
})

test("a delivery is a trace that its receiver can join", () => {
  const [delivery] = named("deliver send.dispatched")
  expect(delivery).toMatchObject({ kind: 3 })
  expect(delivery!.parentSpanId).toBeUndefined()
  expect(hook.received[0]!.headers.traceparent).toBe(`00-${delivery!.traceId}-${delivery!.spanId}-01`)
  const [settled] = named("webhooks.settle")
  expect(settled).toMatchObject({ traceId: delivery!.traceId, parentSpanId: delivery!.spanId })
})

test("loops between requests make no spans", () => {
  expect(named("webhooks.claimDue")).toEqual([])
  expect(spans.filter(({ kind, parentSpanId }) => kind === 3 && parentSpanId === undefined)).toHaveLength(1)
})

test("the service says its name and version, and nothing that is sent names a person or an item", () => {
  expect(resource).toContain('"service.version"')
  expect(resource).toContain('"beforehand"')
  expect(collector.received.length).toBeGreaterThan(0)
  for (const { body, headers } of collector.received) {
    expect(headers["content-type"]).toBe("application/json")
    expect(body).not.toContain(mark)
  }
})

test("without a collector nothing of OpenTelemetry is loaded: only a module that is imported at need names it", () => {
  const files = readdirSync("src", { recursive: true, encoding: "utf8" }).filter((path) => path.endsWith(".ts"))
  const imports = files.flatMap((path) =>
    importsOf(readFileSync(`src/${path}`, "utf8")).map((one) => ({ path, ...one })),
  )
  const naming = imports.filter(({ specifier }) => specifier.startsWith("@opentelemetry/"))
  expect(new Set(naming.map(({ path }) => path))).toEqual(new Set(["start/tracing.ts"]))
  const loading = imports.filter(({ specifier }) => specifier.endsWith("start/tracing.ts"))
  expect(loading.map(({ path, dynamic }) => ({ path, dynamic }))).toEqual([{ path: "main.ts", dynamic: true }])
})

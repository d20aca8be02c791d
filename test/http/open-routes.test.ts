import { afterAll, beforeAll, expect, test } from "vitest"
import { createApp } from "../../src/app.ts"
import { createMetrics } from "../../src/http/server/metrics.ts"
import { openTestApp, type TestApp } from "../support/test-app.ts"

let shop: TestApp
beforeAll(async () => {
  shop = await openTestApp()
})
afterAll(() => shop.close())

const fixedPaths = ["/openapi.json", "/docs", "/docs/start.js", "/docs/swagger-ui-bundle.js", "/docs/swagger-ui.css"]

test("a hundred requests for the document make it no second time", async () => {
  const { definitions } = shop.app.openAPIRegistry
  let reads = 0
  Object.defineProperty(shop.app.openAPIRegistry, "definitions", {
    configurable: true,
    get: () => {
      reads++
      return definitions
    },
  })
  const bodies = new Set<string>()
  for (let n = 0; n < 100; n++) bodies.add(await (await shop.app.request("/openapi.json")).text())
  Object.defineProperty(shop.app.openAPIRegistry, "definitions", { value: definitions })
  expect([reads, bodies.size]).toEqual([0, 1])
})

test.each(fixedPaths)("%s is not sent again to whoever has it", async (path) => {
  const first = await shop.app.request(path)
  const etag = first.headers.get("etag")!
  expect([first.status, etag]).toEqual([200, expect.stringMatching(/^"[\w-]{43}"$/)])
  for (const known of [etag, `W/${etag}`, `"another", ${etag}`, "*"]) {
    const again = await shop.app.request(path, { headers: { "if-none-match": known } })
    expect([again.status, await again.text(), again.headers.get("etag")]).toEqual([304, "", etag])
  }
  const changed = await shop.app.request(path, { headers: { "if-none-match": '"another"' } })
  expect([changed.status, await changed.text()]).toEqual([200, await first.text()])
})

test("a hundred requests for the metrics in a second gather them once", async () => {
  let gathered = 0
  let nowMs = Date.now()
  const webhooks = {
    ...shop.services.store.webhooks,
    backlog: () => {
      gathered++
      return shop.services.store.webhooks.backlog()
    },
  }
  const services = { ...shop.services, clock: () => nowMs, store: { ...shop.services.store, webhooks } }
  const app = createApp(services, createMetrics(services))
  const ask = async () => (await app.request("/metrics")).text()
  await Promise.all(Array.from({ length: 50 }, ask))
  nowMs += 999
  for (let n = 0; n < 50; n++) await ask()
  expect(gathered).toBe(1)
  nowMs += 1
  expect(await ask()).toContain('beforehand_request_seconds_count{method="GET",route="/metrics",status="200"} 100')
  expect(gathered).toBe(2)
})

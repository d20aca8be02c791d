import fc from "fast-check"
import { afterAll, beforeAll, expect, test } from "vitest"
import { createApp } from "../../../src/app.ts"
import { createRateLimit } from "../../../src/http/server/rate-limit.ts"
import { openTestApp, type TestApp } from "../../support/test-app.ts"

let tested: TestApp
beforeAll(async () => {
  tested = await openTestApp()
})
afterAll(() => tested.close())

test("a key is told what it may ask and what is left, and 429 when it asked for more", async () => {
  const nowMs = Date.now()
  const config = { ...tested.services.config, requestsPerSecond: 3 }
  const app = createApp({ ...tested.services, config, clock: () => nowMs })
  const list = (key: string) => app.request("/v1/items", { headers: { authorization: `Bearer ${key}` } })
  const answers = []
  for (let n = 0; n < 4; n++) answers.push(await list(tested.keys.read))
  expect(answers.map(({ status, headers }) => [status, headers.get("ratelimit")])).toEqual([
    [200, '"key";r=2;t=1'],
    [200, '"key";r=1;t=1'],
    [200, '"key";r=0;t=1'],
    [429, '"key";r=0;t=1'],
  ])
  for (const { headers } of answers) expect(headers.get("ratelimit-policy")).toBe('"key";q=3;w=1')
  expect(answers[3]!.headers.get("retry-after")).toBe("1")
  expect(await answers[3]!.json()).toMatchObject({ status: 429, code: "tooManyRequests" })
  expect((await list(tested.keys.admin)).status).toBe(200)
})

test("a batch is worth its events, and what was taken beyond the rate is paid for before the next", async () => {
  let nowMs = Date.now()
  const config = { ...tested.services.config, requestsPerSecond: 100 }
  const app = createApp({ ...tested.services, config, clock: () => nowMs })
  const send = (events: number, key: "ingest" | "write" = "ingest") => {
    const call = { type: "track", anonymousId: "a", event: "e" }
    const body = JSON.stringify({ batch: Array.from({ length: events }, () => call) })
    const headers = { authorization: `Bearer ${tested.keys[key]}`, "content-type": "application/json" }
    return app.request("/v1/batch", { method: "POST", headers, body })
  }
  expect((await send(350)).status).toBe(200)
  nowMs += 2500
  const refused = await send(1)
  expect([refused.status, refused.headers.get("retry-after")]).toEqual([429, "1"])
  expect((await send(100, "write")).status).toBe(200)
  nowMs += 10
  expect((await send(1)).status).toBe(200)
  nowMs += 10_000
  const together = await Promise.all(Array.from({ length: 5 }, () => send(200)))
  expect(together.filter(({ status }) => status === 200)).toHaveLength(1)
})

test("a public key sends at most 100 events at a time", async () => {
  const calls = (length: number) => Array.from({ length }, () => ({ type: "track", anonymousId: "a", event: "e" }))
  const send = (length: number, key: "write" | "ingest") =>
    tested.ask("POST", "/v1/batch", { key, body: { batch: calls(length) } })
  expect((await send(100, "write")).status).toBe(200)
  const refused = await send(101, "write")
  expect([refused.status, refused.json.code]).toEqual([413, "payloadTooLarge"])
  expect((await send(101, "ingest")).status).toBe(200)
})

test("without a limit no header speaks of one", async () => {
  const app = createApp({ ...tested.services, config: { ...tested.services.config, requestsPerSecond: 0 } })
  const answer = await app.request("/v1/items", { headers: { authorization: `Bearer ${tested.keys.read}` } })
  expect([answer.status, answer.headers.get("ratelimit")]).toEqual([200, null])
})

test("however requests come, no span of time sees more than a second's worth and one request on top of its own", () => {
  const requests = fc.array(fc.tuple(fc.nat({ max: 2000 }), fc.integer({ min: 1, max: 20 })), {
    minLength: 1,
    maxLength: 300,
  })
  fc.assert(
    fc.property(requests, fc.integer({ min: 1, max: 50 }), (given, perSecond) => {
      const take = createRateLimit(perSecond)
      let nowMs = 0
      const allowed = given.flatMap(([pauseMs, worth]) => {
        nowMs += pauseMs
        return take("key", nowMs, worth).allowed ? [{ at: nowMs, worth }] : []
      })
      allowed.forEach(({ at: from }, i) => {
        let before = 0
        for (const { at, worth } of allowed.slice(i)) {
          expect(before + 1).toBeLessThanOrEqual(perSecond + ((at - from) / 1000) * perSecond + 1e-6)
          before += worth
        }
      })
    }),
  )
})

import fc from "fast-check"
import { afterAll, beforeAll, expect, test } from "vitest"
import { createApp } from "../../src/app.ts"
import { createRateLimit } from "../../src/http/rate-limit.ts"
import { openTestApp, type TestApp } from "../support/test-app.ts"

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

test("without a limit no header speaks of one", async () => {
  const app = createApp({ ...tested.services, config: { ...tested.services.config, requestsPerSecond: 0 } })
  const answer = await app.request("/v1/items", { headers: { authorization: `Bearer ${tested.keys.read}` } })
  expect([answer.status, answer.headers.get("ratelimit")]).toEqual([200, null])
})

test("however requests come, no span of time sees more than a second's worth on top of its own", () => {
  const pauses = fc.array(fc.nat({ max: 2000 }), { minLength: 1, maxLength: 300 })
  fc.assert(
    fc.property(pauses, fc.integer({ min: 1, max: 50 }), (pausesMs, perSecond) => {
      const take = createRateLimit(perSecond)
      let nowMs = 0
      const allowedAt = pausesMs.flatMap((pauseMs) => {
        nowMs += pauseMs
        return take("key", nowMs).allowed ? [nowMs] : []
      })
      allowedAt.forEach((from, i) => {
        for (let j = i; j < allowedAt.length; j++)
          expect(j - i + 1).toBeLessThanOrEqual(perSecond + ((allowedAt[j]! - from) / 1000) * perSecond + 1e-6)
      })
    }),
  )
})

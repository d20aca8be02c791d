import { gzipSync } from "node:zlib"
import fc from "fast-check"
import pino from "pino"
import { afterAll, expect, test } from "vitest"
import { recordCalls } from "../../src/actions/events/record-calls.ts"
import { segmentTypes } from "../../src/core/history/segment.ts"
import { maxJsonDepth } from "../../src/core/schema/json-depth.ts"
import { openTestApp } from "../support/test-app.ts"

const shop = await openTestApp()
afterAll(() => shop.close())

interface Results {
  success: boolean
  results: { messageId: string; status: string; reason?: string }[]
}

let sent = 0
/** The JSON of a call that any shop may send. */
const goodCall = () =>
  JSON.stringify({ type: "track", messageId: `good-${sent++}`, userId: "u-1", event: "Product Viewed" })

async function send(path: string, body: string, headers = {}): Promise<Results> {
  const answer = await shop.ask("POST", path, { key: "ingest", body, headers })
  expect(answer.status, answer.text).toBe(200)
  return answer.json as unknown as Results
}

const nested = (levels: number, [open, close]: readonly [string, string], innermost: string) =>
  open.repeat(levels) + innermost + close.repeat(levels)
const list = ["[", "]"] as const
const object = ['{"a":', "}"] as const

/** JSON texts of any shape: deep, long, with characters that no column holds, or with a call's own fields gone wrong. */
const oddValue = fc.oneof(
  fc.json(),
  fc
    .record({ levels: fc.integer({ min: 0, max: 9000 }), pair: fc.constantFrom(list, object) })
    .map(({ levels, pair }) => nested(levels, pair, '"\\u0000"')),
  fc.constantFrom("1e999", '"\\ud800"', '{"__proto__":1}', '{"toString":1}', `"${"x".repeat(40_000)}"`),
)
const fields = ["userId", "anonymousId", "messageId", "event", "properties", "traits", "context", "timestamp", "type"]
const oddCall = fc.oneof(
  oddValue,
  fc
    .tuple(fc.constantFrom(...fields), oddValue)
    .map(([name, value]) => `${goodCall().slice(0, -1)},"${name}":${value}}`),
)

test("whatever stands beside it in a batch, a good call is recorded, plain or gzipped", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(oddCall, { minLength: 1, maxLength: 3 }), fc.boolean(), async (odd, isZipped) => {
      const body = `{"batch":[${[...odd, goodCall()].join(",")}]}`
      const headers = { "content-type": "application/json", ...(isZipped && { "content-encoding": "gzip" }) }
      const response = await shop.app.request("/v1/batch", {
        method: "POST",
        headers: { ...headers, authorization: `Bearer ${shop.keys.ingest}` },
        body: isZipped ? gzipSync(body) : body,
      })
      expect(response.status).toBe(200)
      const { results } = (await response.json()) as Results
      expect(results).toHaveLength(odd.length + 1)
      expect(results.at(-1)).toMatchObject({ status: "accepted" })
    }),
  )
})

test.each(segmentTypes)("a %s call that nests too deep is rejected with the reason, not answered 500", async (type) => {
  const { success, results } = await send(
    `/v1/${type}`,
    `{"userId":"u-1","properties":{"p":${nested(5000, list, "")}}}`,
  )
  expect([success, results]).toEqual([
    false,
    [{ messageId: "", status: "rejected", reason: expect.stringContaining(`at most ${maxJsonDepth} levels`) }],
  ])
})

test("the deepest event that may be sent is recorded", async () => {
  const event = (levels: number) => `{"userId":"u-1","event":"e","properties":{"p":${nested(levels, object, "1")}}}`
  expect((await send("/v1/track", event(maxJsonDepth - 2))).success).toBe(true)
  expect((await send("/v1/track", event(maxJsonDepth - 1))).success).toBe(false)
})

test("a call whose reading fails harms only itself", async () => {
  const failing = {
    get type(): string {
      throw new Error("unreadable")
    },
  }
  const services = { ...shop.services, log: pino({ level: "silent" }) }
  const calls = [failing, JSON.parse(goodCall())]
  const results = await recordCalls(services, { calls, mayMerge: true })
  expect(results.map(({ status }) => status)).toEqual(["rejected", "accepted"])
})

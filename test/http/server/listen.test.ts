import { once } from "node:events"
import { connect, type Socket } from "node:net"
import { afterAll, beforeAll, expect, test } from "vitest"
import { createApp, limited } from "../../../src/app.ts"
import { createKeyring } from "../../../src/http/server/keyring.ts"
import { defaultLimits, type Listening, listen } from "../../../src/http/server/listen.ts"
import { createMetrics } from "../../../src/http/server/metrics.ts"
import { observeRefusals } from "../../../src/http/server/observe-refusals.ts"
import { type BreakableDatabase, breakDatabase } from "../../support/breakable-database.ts"
import { createTestDatabase } from "../../support/database.ts"
import { openTestApp, type TestApp } from "../../support/test-app.ts"

let database: BreakableDatabase
let tested: TestApp
let server: Listening
const logged: object[] = []
const limits = { ...defaultLimits, headersMs: 300, requestMs: 600, maxHeaderBytes: 4096 }

beforeAll(async () => {
  database = await breakDatabase(await createTestDatabase())
  tested = await openTestApp({ databaseUrl: database.url })
  const config = { ...tested.services.config, port: 0, maxInFlight: 5 }
  const metrics = createMetrics(limited(tested.services))
  const keyring = createKeyring(limited(tested.services))
  const api = createApp(tested.services, metrics, keyring)
  const onRefusal = observeRefusals({ routes: api.routes, metrics, log: { warn: (line: object) => logged.push(line) } })
  server = await listen(api, { config, newId: tested.services.newId, keyring, onRefusal }, limits)
})
afterAll(async () => {
  await server.drain(0)
  await tested.close()
  await database.close()
})

const ask = (path: string, body?: object) =>
  fetch(`${server.address}${path}`, {
    headers: { authorization: `Bearer ${tested.keys.read}`, "content-type": "application/json" },
    ...(body && { method: "POST", body: JSON.stringify(body) }),
  })

/** Sends raw bytes, the last of them never; resolves to what comes back before the connection ends. */
async function answerTo(...parts: string[]): Promise<string> {
  const { hostname, port } = new URL(server.address)
  const socket = connect(Number(port), hostname)
  let answer = ""
  socket.setEncoding("utf8").on("data", (text: string) => {
    answer += text
  })
  for (const part of parts) socket.write(part)
  await once(socket, "close")
  return answer
}

test("what is more than can be answered is refused at once and cheaply, and all is well when the load goes", async () => {
  const question = { customer: { userId: "u-1" }, placement: "home", limit: 1 }
  expect((await ask("/v1/recommend", question)).status).toBe(200)
  database.hang()
  const waiting = Array.from({ length: 5 }, () => ask("/v1/recommend", question))
  await expect.poll(async () => (await ask("/v1/recommend", question)).status).toBe(503)
  const refused = await ask("/v1/recommend", question)
  expect(refused.headers.get("retry-after")).toBe("1")
  expect(refused.headers.get("access-control-allow-origin")).toBe("*")
  expect(await refused.json()).toMatchObject({ status: 503, code: "unavailable", title: "Service Unavailable" })
  expect((await ask("/ready")).status).toBe(200)
  const text = await (await ask("/metrics")).text()
  expect(text).toMatch(/^beforehand_refusals_total [1-9]/m)
  expect(text).toMatch(/^beforehand_request_seconds_count\{method="POST",route="\/v1\/recommend",status="503"\} [1-9]/m)
  await expect.poll(() => logged).toContainEqual({ status: 503, reason: "overload", count: expect.any(Number) })
  expect((await Promise.all(waiting)).map(({ status }) => status)).toEqual(Array(5).fill(200))
  database.heal()
  await expect
    .poll(async () => ((await (await ask("/v1/recommend", question)).json()) as { degraded: boolean }).degraded, {
      timeout: 10_000,
    })
    .toBe(false)
})

test("headers or a body that trickle in hold no connection, and no place among the requests", async () => {
  const head = `POST /v1/recommend HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${tested.keys.read}\r\n`
  const slow = Array.from({ length: 6 }, () =>
    answerTo(`${head}content-type: application/json\r\ncontent-length: 100\r\n\r\n`, '{"customer'),
  )
  expect((await ask("/v1/items")).status).toBe(200)
  expect(await answerTo(head)).toMatch(/^HTTP\/1.1 408 /)
  for (const answer of await Promise.all(slow)) expect(answer).toMatch(/^(HTTP\/1.1 (408|400) |$)/)
})

test("headers beyond the limit are refused", async () => {
  expect(await answerTo(`GET /ready HTTP/1.1\r\nhost: x\r\nx-long: ${"a".repeat(5000)}\r\n\r\n`)).toMatch(
    /^HTTP\/1.1 431 /,
  )
})

test("an answer over a socket has the headers that it has without one, and each once", async () => {
  const question = { customer: { userId: "u-1" }, placement: "home", limit: 1 }
  const over = await ask("/v1/recommend", question)
  const without = await tested.ask("POST", "/v1/recommend", { body: question })
  const ownOf = (headers: Headers) =>
    [...headers].filter(([name]) => !/^(date|connection|keep-alive|content-length|x-request-id|ratelimit)$/.test(name))
  expect(ownOf(over.headers)).toEqual(ownOf(without.headers))
  expect(over.headers.get("x-content-type-options")).toBe("nosniff")
  expect(over.headers.get("access-control-allow-origin")).toBe("*")
  expect(over.headers.get("x-request-id")).toMatch(/^[0-9a-f-]{36}$/)
})

test("whoever holds all connections keeps neither others out nor those that are being answered", async () => {
  const config = { ...tested.services.config, port: 0 }
  const keyring = createKeyring(limited(tested.services))
  const api = createApp(tested.services, createMetrics(limited(tested.services)), keyring)
  const options = { config, newId: tested.services.newId, keyring, onRefusal: () => {} }
  const small = await listen(api, options, { ...defaultLimits, maxConnections: 10 })
  const { hostname, port } = new URL(small.address)
  const open = async (localAddress: string) => {
    const socket = connect({ host: hostname, port: Number(port), localAddress })
    await once(socket, "connect")
    return socket.on("error", () => {})
  }
  const readyBy = async (socket: Socket) => {
    socket.write("GET /ready HTTP/1.1\r\nhost: x\r\n\r\n")
    const [answer] = await once(socket, "data", { signal: AbortSignal.timeout(5000) })
    return String(answer).slice(0, 12)
  }
  const held: Socket[] = []
  try {
    const other = await open("127.0.0.2")
    held.push(other)
    for (let n = 0; n < 9; n++) {
      held.push(await open("127.0.0.1"))
      expect(await readyBy(held.at(-1)!)).toBe("HTTP/1.1 200")
    }
    for (const address of ["127.0.0.3", "127.0.0.4", "127.0.0.1"]) {
      held.push(await open(address))
      expect(await readyBy(held.at(-1)!)).toBe("HTTP/1.1 200")
    }
    expect(await readyBy(other)).toBe("HTTP/1.1 200")
    expect(held.slice(1).filter(({ destroyed }) => destroyed)).toHaveLength(3)
  } finally {
    for (const socket of held) socket.destroy()
    await small.drain(0)
  }
})

test("while it drains, /ready says 503 and all else is answered; then the port is closed", async () => {
  const config = { ...tested.services.config, port: 0 }
  const keyring = createKeyring(limited(tested.services))
  const api = createApp(tested.services, createMetrics(limited(tested.services)), keyring)
  const stopping = await listen(api, { config, newId: tested.services.newId, keyring, onRefusal: () => {} })
  const get = (path: string) => fetch(`${stopping.address}${path}`)
  expect((await get("/ready")).status).toBe(200)
  const drained = stopping.drain(4000)
  const ready = await get("/ready")
  expect(ready.status).toBe(503)
  expect(await ready.json()).toMatchObject({ code: "unavailable", detail: "this process is stopping; ask another" })
  const answered = await get("/openapi.json")
  expect(answered.status).toBe(200)
  expect(answered.headers.get("connection")).toBe("close")
  await drained
  await expect(get("/ready")).rejects.toThrow("fetch failed")
})

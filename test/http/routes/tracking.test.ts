import { gzipSync } from "node:zlib"
import { serve } from "@hono/node-server"
import { Analytics } from "@segment/analytics-node"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { publicKeyRefusal, publicNameRefusal } from "../../../src/core/identity/plan-joins.ts"
import type { CustomerRecord } from "../../../src/store/customers/customers.ts"
import { openTestApp, type TestApp } from "../../support/test-app.ts"

let shop: TestApp
beforeAll(async () => {
  shop = await openTestApp()
})
afterAll(() => shop.close())

interface Result {
  messageId: string
  status: string
  customerId?: string
  reason?: string
}

async function send(
  path: string,
  body: unknown,
  given: { key?: "write" | "ingest"; headers?: Record<string, string> } = {},
) {
  const { status, json } = await shop.ask("POST", path, { key: "ingest", body, ...given })
  return { status, code: json.code, success: json.success, results: json.results as Result[] }
}

const read = (type: "userId" | "anonymousId" | "email", value: string): Promise<CustomerRecord> =>
  shop.services.store.customers.read({ type, value })

async function eventsOf(userId: string) {
  const { customerId } = await read("userId", userId)
  const tables = await shop.services.store.customers.exportAll(customerId)
  return (tables?.events ?? []) as {
    name: string
    at: string
    lines: unknown[]
    channel: string
    properties: unknown
  }[]
}

const view = (given: object = {}) => ({
  type: "track",
  event: "Product Viewed",
  properties: { product_id: "sku-1", price: 12.5 },
  ...given,
})

describe("the real Segment client for servers, its host changed", () => {
  let server: ReturnType<typeof serve>
  let host: string
  beforeAll(async () => {
    host = await new Promise((resolve) => {
      server = serve({ fetch: shop.app.fetch, port: 0, hostname: "127.0.0.1" }, ({ port }) =>
        resolve(`http://127.0.0.1:${port}`),
      )
    })
  })
  afterAll(() => new Promise((resolve) => server.close(resolve)))

  test("identifies, tracks, pages, groups and aliases", async () => {
    const analytics = new Analytics({ writeKey: shop.keys.ingest, host, maxRetries: 0 })
    const failures: unknown[] = []
    analytics.on("error", (error) => failures.push(error))
    analytics.track({ anonymousId: "device", event: "Product Viewed", properties: { product_id: "sku-7" } })
    analytics.identify({ userId: "segment", traits: { email: "Ann@Example.com", plan: "gold" } })
    analytics.alias({ userId: "segment", previousId: "device" })
    analytics.page({ userId: "segment", name: "Home" })
    analytics.screen({ userId: "segment", name: "Basket" })
    analytics.group({ userId: "segment", groupId: "g-1" })
    const order = { order_id: "o-1", products: [{ product_id: "sku-7", quantity: 2, price: 5 }] }
    analytics.track({ userId: "segment", event: "Order Completed", properties: order })
    await analytics.closeAndFlush()
    expect(failures).toEqual([])

    const customer = await read("email", "ann@example.com")
    expect(customer.customerId).toBe((await read("anonymousId", "device")).customerId)
    expect(customer.traits).toMatchObject({ plan: "gold" })
    expect(customer.history.items["sku-7"]).toMatchObject({ views: 1, purchases: 1, quantity: 2 })
    expect(new Set((await eventsOf("segment")).map(({ name }) => name))).toEqual(
      new Set([
        "Product Viewed",
        "Customer Identified",
        "Identifiers Joined",
        "Page Viewed",
        "Screen Viewed",
        "Group Joined",
        "Order Completed",
      ]),
    )
  })

  test("is told when its key is wrong", async () => {
    const analytics = new Analytics({ writeKey: "not a key of ours", host, maxRetries: 0 })
    const failures: unknown[] = []
    analytics.on("error", (error) => failures.push(error))
    analytics.track({ userId: "nobody", event: "Product Viewed" })
    await analytics.closeAndFlush()
    expect(failures).toHaveLength(1)
    expect((await read("userId", "nobody")).known).toBe(false)
  })
})

test("message ids make retries harmless, also after an alias", async () => {
  const calls = [
    view({ anonymousId: "before", messageId: "m-1" }),
    view({ userId: "after", messageId: "m-2" }),
    { type: "alias", userId: "after", previousId: "before", messageId: "m-3" },
  ]
  const first = await send("/v1/batch", { batch: calls })
  expect(first.results.map(({ status }) => status)).toEqual(["accepted", "accepted", "accepted"])
  const again = await send("/v1/batch", { batch: calls })
  expect(again.results.map(({ status }) => status)).toEqual(["duplicate", "duplicate", "duplicate"])
  expect((await read("userId", "after")).history.items["sku-1"]!.views).toBe(2)
})

test("without a message id, a dated call sent twice is one event; undated ones are as many as were sent", async () => {
  const dated = view({ userId: "dated", timestamp: "2024-01-01T00:00:00Z" })
  await send("/v1/track", dated)
  expect((await send("/v1/track", dated)).results[0]!.status).toBe("duplicate")
  const undated = view({ userId: "undated" })
  await send("/v1/batch", { batch: [undated, undated] })
  expect((await read("userId", "undated")).history.items["sku-1"]!.views).toBe(2)
})

test("a bad event does not lose the good ones, and each is told why", async () => {
  const { status, success, results } = await send("/v1/batch", {
    batch: [
      view({ userId: "mixed", messageId: "good-1" }),
      "not an object",
      view({ messageId: "nobody" }),
      { type: "dance", userId: "mixed" },
      { type: "track", userId: "mixed", messageId: "nameless" },
      view({ userId: "mixed", messageId: "nul", properties: { product_id: "a\u0000b" } }),
      view({ userId: { deep: true }, messageId: "shape" }),
      view({ userId: "mixed", messageId: "when", timestamp: "yesterday" }),
      view({ userId: "mixed", messageId: "long", properties: { text: "x".repeat(32 * 1024) } }),
      view({ userId: "mixed", messageId: "good-2" }),
    ],
  })
  expect(status).toBe(200)
  expect(success).toBe(false)
  expect(results.map((result) => result.status)).toEqual(["accepted", ...Array(8).fill("rejected"), "accepted"])
  expect(results.slice(1, 9).every(({ reason }) => reason !== undefined && reason.length > 10)).toBe(true)
  expect((await read("userId", "mixed")).history.items["sku-1"]!.views).toBe(2)
})

describe("a public key", () => {
  test("cannot make two customers one, and is told so but not who they are", async () => {
    await send("/v1/track", view({ anonymousId: "stranger" }))
    await send("/v1/track", view({ userId: "victim" }))
    const joins = [
      ["/v1/identify", { userId: "victim", anonymousId: "stranger" }, publicKeyRefusal],
      ["/v1/alias", { userId: "victim", previousId: "stranger" }, publicNameRefusal],
      ["/v1/track", view({ userId: "victim", anonymousId: "stranger" }), publicKeyRefusal],
    ] as const
    for (const [path, body, reason] of joins) {
      const { results } = await send(path, body, { key: "write" })
      expect(results).toEqual([{ messageId: results[0]!.messageId, status: "accepted", reason }])
    }
    const [stranger, victim] = [await read("anonymousId", "stranger"), await read("userId", "victim")]
    expect(stranger.customerId).not.toBe(victim.customerId)
    expect(stranger.history.items["sku-1"]!.views).toBe(1)
    const joined = await send("/v1/alias", { userId: "victim", previousId: "stranger" })
    expect(joined.results[0]).toMatchObject({ status: "accepted", customerId: stranger.customerId })
  })

  test("cannot name a customer anew, nor claim a name that a server gives later", async () => {
    const known = (await send("/v1/identify", { userId: "vic-1", traits: { email: "vic@example.com" } })).results[0]!
    for (const names of [
      { userId: "att-9", previousId: "vic-1" },
      { userId: "future-1", previousId: "att-9" },
      { userId: "att-9", previousId: "future-2" },
    ])
      expect((await send("/v1/alias", names, { key: "write" })).results[0]!.reason).toBe(publicNameRefusal)
    for (const name of ["future-1", "future-2"]) await send("/v1/track", view({ userId: name }))
    const ids = await Promise.all(
      ["vic-1", "att-9", "future-1", "future-2"].map(async (name) => (await read("userId", name)).customerId),
    )
    expect(new Set(ids).size).toBe(4)
    expect(await shop.services.store.customers.identifiersOf(known.customerId!)).toHaveLength(2)
  })

  test("must name the customer by a userId or an anonymousId", async () => {
    const { results } = await send("/v1/identify", { traits: { email: "ann@example.com" } }, { key: "write" })
    expect(results[0]).toMatchObject({ status: "rejected", reason: "name the customer by userId or anonymousId" })
  })

  test("never takes the message id of a server's event, and its own retries change nothing", async () => {
    const claimed = view({ userId: "claimer", messageId: "order-77" })
    expect((await send("/v1/track", claimed, { key: "write" })).results[0]).toMatchObject({
      messageId: "order-77",
      status: "accepted",
    })
    expect((await send("/v1/track", claimed, { key: "write" })).results[0]!.status).toBe("duplicate")
    const order = view({ userId: "buyer", messageId: "order-77", event: "Order Completed" })
    expect((await send("/v1/track", order)).results[0]).toMatchObject({ messageId: "order-77", status: "accepted" })
    expect((await read("userId", "buyer")).history.orders).toBe(1)
    const posing = view({ userId: "poser", messageId: "browser:order-77" })
    expect((await send("/v1/track", posing)).results[0]!.status).toBe("accepted")
    const dated = view({ userId: "buyer", timestamp: "2024-01-01T00:00:00Z" })
    expect((await send("/v1/track", dated, { key: "write" })).results[0]!.status).toBe("accepted")
    expect((await send("/v1/track", dated)).results[0]!.status).toBe("accepted")
  })

  test("cannot attach an email address", async () => {
    await send("/v1/identify", { userId: "thief", traits: { email: "owner@example.com" } }, { key: "write" })
    expect((await read("email", "owner@example.com")).known).toBe(false)
    await send("/v1/identify", { userId: "owner", traits: { email: "owner@example.com" } })
    expect((await read("email", "owner@example.com")).customerId).toBe((await read("userId", "owner")).customerId)
  })
})

test("the sender's clock is corrected by how long before sending an event happened", async () => {
  const hour = 3_600_000
  const senderNow = Date.UTC(2019, 0, 1)
  const before = shop.services.clock()
  await send("/v1/batch", {
    sentAt: new Date(senderNow).toISOString(),
    batch: [
      view({ userId: "skewed", timestamp: new Date(senderNow - hour).toISOString() }),
      view({ userId: "skewed-own", timestamp: senderNow - hour, sentAt: senderNow - hour / 2 }),
      view({ userId: "ahead", timestamp: new Date(senderNow + hour / 10).toISOString() }),
    ],
  })
  await send("/v1/track", view({ userId: "dated only", timestamp: "2020-05-05T05:05:05Z" }))
  const after = shop.services.clock()
  const atOf = async (userId: string) => (await read("userId", userId)).history.lastAt!
  const within = (at: number, behind: number) => at >= before - behind && at <= after - behind
  expect(within(await atOf("skewed"), hour)).toBe(true)
  expect(within(await atOf("skewed-own"), hour / 2)).toBe(true)
  expect(within(await atOf("ahead"), 0)).toBe(true)
  expect(await atOf("dated only")).toBe(Date.parse("2020-05-05T05:05:05Z"))
})

test("e-commerce fields become product lines, a channel and properties", async () => {
  const properties = {
    order_id: "o-9",
    currency: "EUR",
    products: [
      { product_id: "a", sku: "ignored", quantity: "2", price: "3.50" },
      { sku: "b" },
      { name: "without an id" },
    ],
  }
  await send("/v1/track", { userId: "lines", event: "Order Completed", context: { channel: "store" }, properties })
  const [event] = await eventsOf("lines")
  expect(event).toMatchObject({
    channel: "store",
    lines: [
      { itemId: "a", quantity: 2, price: 3.5 },
      { itemId: "b", quantity: 1 },
    ],
    properties: { orderId: "o-9", currency: "EUR" },
  })
})

describe("limits", () => {
  const padded = (bytes: number) => view({ userId: "big", properties: { text: "x".repeat(bytes) } })

  test("one call may have 32 KB, a batch 500 KB, however compressed", async () => {
    expect((await send("/v1/track", padded(31 * 1024))).status).toBe(200)
    expect((await send("/v1/track", padded(33 * 1024))).code).toBe("payloadTooLarge")
    const batch = Array.from({ length: 20 }, () => padded(30 * 1024))
    expect(await send("/v1/batch", { batch })).toMatchObject({ status: 413, code: "payloadTooLarge" })
    const bomb = gzipSync(JSON.stringify({ batch }))
    expect(bomb.length).toBeLessThan(10_000)
    const response = await post("/v1/batch", bomb, { "content-encoding": "gzip" })
    expect(response.status).toBe(413)
  })

  test("a batch may have 2500 events", async () => {
    const calls = (count: number) => Array.from({ length: count }, (_, i) => ({ type: "page", userId: `p-${i % 7}` }))
    expect((await send("/v1/batch", { batch: calls(2500) })).results).toHaveLength(2500)
    shop.advance(2500)
    expect(await send("/v1/batch", { batch: calls(2501) })).toMatchObject({ status: 400, code: "invalidRequest" })
  })

  test("gzip is read; what only says it is gzip, or is compressed otherwise, is refused", async () => {
    const body = JSON.stringify(view({ userId: "zipped" }))
    expect((await post("/v1/track", gzipSync(body), { "content-encoding": "gzip" })).status).toBe(200)
    expect((await read("userId", "zipped")).known).toBe(true)
    expect((await post("/v1/track", Buffer.from(body), { "content-encoding": "gzip" })).status).toBe(400)
    expect((await post("/v1/track", Buffer.from(body), { "content-encoding": "br" })).status).toBe(415)
  })

  test("a client that sends JSON as a form, a stream, text or without saying what it is, is understood", async () => {
    const types = ["application/x-www-form-urlencoded", "application/octet-stream", "text/plain;charset=UTF-8", ""]
    for (const [n, type] of types.entries()) {
      const body = { batch: [view({ userId: `typed-${n}` })] }
      for (const path of ["/v1/batch", "/v1/b"]) {
        const sent = gzipSync(JSON.stringify(body))
        expect((await post(path, sent, { "content-encoding": "gzip", "content-type": type })).status, type).toBe(200)
      }
      expect((await read("userId", `typed-${n}`)).known).toBe(true)
    }
  })

  test("each call answers to the short name that browser libraries use", async () => {
    const userId = "short"
    expect((await send("/v1/t", view({ userId }))).success).toBe(true)
    expect((await send("/v1/i", { userId, traits: { plan: "gold" } })).success).toBe(true)
    expect((await send("/v1/p", { userId, name: "Home" })).success).toBe(true)
    expect((await send("/v1/s", { userId, name: "Basket" })).success).toBe(true)
    expect((await send("/v1/g", { userId, groupId: "g-1" })).success).toBe(true)
    expect((await send("/v1/a", { userId, previousId: "short-device" })).success).toBe(true)
    const names = (await eventsOf(userId)).map(({ name }) => name)
    expect(names.sort()).toEqual([
      "Customer Identified",
      "Group Joined",
      "Identifiers Joined",
      "Page Viewed",
      "Product Viewed",
      "Screen Viewed",
    ])
  })

  test("a browser library's measurements of itself are accepted without a key and kept nowhere", async () => {
    const sent = { series: [{ type: "Counter", metric: "analytics_js.invoke", value: 1, tags: {} }] }
    const headers = { "content-type": "text/plain" }
    expect((await shop.ask("POST", "/v1/m", { key: "none", body: sent, headers })).status).toBe(200)
  })

  const post = async (path: string, body: Uint8Array<ArrayBuffer>, headers: Record<string, string>) =>
    shop.app.request(path, {
      method: "POST",
      headers: { authorization: `Bearer ${shop.keys.ingest}`, "content-type": "application/json", ...headers },
      body,
    })
})

test("an event with a decision's id is an outcome of that decision", async () => {
  const decided = await shop.ask("POST", "/v1/decide", {
    body: { customer: { userId: "decided" }, placement: "home", channel: "web" },
  })
  const decisionId = decided.json.decisionId as string
  const clicked = { ...view({ userId: "decided", messageId: "click-1" }), properties: { decision_id: decisionId } }
  await send("/v1/track", clicked)
  await send("/v1/track", clicked)
  const found = await shop.services.store.decisions.read(decisionId)
  expect(found!.outcomes.map(({ outcome }) => outcome)).toEqual(["click"])
})

import fc from "fast-check"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { ingestEvents } from "../../src/actions/events/ingest-events.ts"
import { refoldCustomers } from "../../src/actions/events/refold-customers.ts"
import { createApp } from "../../src/app.ts"
import type { IncomingEvent } from "../../src/core/history/event.ts"
import type { CustomerRecord } from "../../src/store/customers/customers.ts"
import { openTestApp, type TestApp } from "../support/test-app.ts"

let shop: TestApp
beforeAll(async () => {
  shop = await openTestApp()
})
afterAll(() => shop.close())

type Key = "write" | "ingest"
interface Result {
  status: string
  reason?: string
}

async function tell(key: Key, path: string, body: object): Promise<Result> {
  const { json } = await shop.ask("POST", path, { key, body })
  return (json.results as Result[])[0]!
}

const track = (key: Key, userId: string, event: string, properties: object = {}) =>
  tell(key, "/v1/track", { userId, event, properties })
const read = (userId: string): Promise<CustomerRecord> =>
  shop.services.store.customers.read({ type: "userId", value: userId })
const goldenRecord = async (userId: string) =>
  (await shop.ask("GET", `/v1/customers/userId:${userId}`)).json as {
    customerId: string
    traits: object
    claims: { traits: object; events: { name: string; orderId: string | null }[] }
  }
const order = (order_id: string, product_id = "sku-1") => ({
  order_id,
  products: [{ product_id, quantity: 2, price: 5 }],
})

describe("traits said with a public key", () => {
  test("are kept apart, are exported and erased with the customer", async () => {
    await tell("ingest", "/v1/identify", { userId: "vic", traits: { firstName: "Victoria", age: 30 } })
    const said = await tell("write", "/v1/identify", {
      userId: "vic",
      traits: { firstName: "<img>", age: 99, vip: true },
    })
    expect(said).toMatchObject({ status: "accepted", reason: expect.stringContaining("kept as claims") })
    const { customerId, traits, claims } = await goldenRecord("vic")
    expect(traits).toEqual({ firstName: "Victoria", age: 30 })
    expect(claims.traits).toEqual({ firstName: "<img>", age: 99, vip: true })
    const exported = await shop.ask("GET", `/v1/customers/${customerId}/export`)
    expect(exported.text).toContain("<img>")
    await shop.ask("DELETE", `/v1/customers/${customerId}`)
    expect((await goldenRecord("vic")).claims).toEqual({ traits: {}, events: [] })
  })

  test("are seen by no rule and no template", async () => {
    const offer = {
      id: "wine",
      kind: "promotion",
      title: "Wine",
      value: 50,
      placements: ["cellar"],
      eligibility: "customer.traits.age >= 18.0",
      treatments: [{ content: { text: "Dear {{ customer.firstName }}" } }],
    }
    expect((await shop.ask("POST", "/v1/offers", { key: "manage", body: { offers: [offer] } })).status).toBe(200)
    await shop.refreshCatalogue()
    const decide = async () => {
      const body = { customer: { userId: "child" }, placement: "cellar", channel: "web" }
      return (await shop.ask("POST", "/v1/decide", { body })).json
    }
    await tell("write", "/v1/identify", { userId: "child", traits: { age: 99, firstName: "Mallory" } })
    const refused = await decide()
    const { trace } = (await shop.ask("GET", `/v1/decisions/${refused.decisionId}`)).json
    expect(trace).toMatchObject({ dropped: [{ stage: "eligibility" }] })
    await tell("ingest", "/v1/identify", { userId: "child", traits: { age: 99, firstName: "Ann" } })
    await tell("write", "/v1/identify", { userId: "child", traits: { age: 1, firstName: "Mallory" } })
    // Nothing is an option that is drawn now and then.
    let offered: unknown = null
    for (let tries = 0; offered === null && tries < 50; tries++) offered = (await decide()).offer
    expect(offered).toMatchObject({ content: { text: "Dear Ann" } })
  })

  test("are bounded", async () => {
    const many = Object.fromEntries(Array.from({ length: 80 }, (_, n) => [`t${n}`, n]))
    await tell("write", "/v1/identify", { userId: "loud", traits: { ...many, long: "x".repeat(600) } })
    const { traits } = (await goldenRecord("loud")).claims
    expect(Object.keys(traits)).toHaveLength(50)
    expect(traits).not.toHaveProperty("long")
  })

  test("count with a token of that customer, and of no other", async () => {
    await tell("ingest", "/v1/identify", { userId: "owner", traits: { city: "Rome" } })
    await tell("ingest", "/v1/identify", { userId: "other", traits: { city: "Bari" } })
    const { json } = await shop.ask("POST", "/v1/customer-tokens", {
      key: "read",
      body: { customer: { userId: "owner" } },
    })
    const say = (userId: string, city: string, customerToken: unknown) =>
      tell("write", "/v1/identify", { userId, traits: { city }, context: { customerToken } })
    expect(await say("owner", "Milan", json.token)).not.toHaveProperty("reason")
    await say("other", "Turin", json.token)
    await say("owner", "Genoa", `${json.token}x`)
    await say("owner", "Genoa", { token: json.token })
    expect((await read("owner")).traits).toEqual({ city: "Milan" })
    expect((await read("other")).traits).toEqual({ city: "Bari" })
    expect(
      JSON.stringify(await shop.services.store.customers.exportAll((await read("owner")).customerId)),
    ).not.toContain(json.token)
  })
})

describe("what a public key tells of a person", () => {
  test("counts where it is browsing", async () => {
    await track("write", "browser", "Product Viewed", { product_id: "sku-1" })
    await track("write", "browser", "Product Added", { product_id: "sku-1" })
    expect((await read("browser")).history.items["sku-1"]).toMatchObject({ views: 1, carts: 1 })
  })

  test("opens, closes and takes back nothing", async () => {
    await track("ingest", "calm", "Order Completed", order("calm-1"))
    await track("ingest", "calm", "Complaint Opened", { complaint_id: "c-1" })
    const before = (await read("calm")).history
    for (const event of [
      "Complaint Opened",
      "Complaint Resolved",
      "Delivery Delayed",
      "Order Delivered",
      "Order Refunded",
      "Order Cancelled",
      "Product Returned",
    ])
      expect((await track("write", "calm", event, { ...order("calm-1"), complaint_id: "c-1" })).reason).toContain(
        "claim",
      )
    const { history } = await read("calm")
    expect(history).toEqual({ ...before, lastAt: history.lastAt })
    const { claims } = await goldenRecord("calm")
    expect(claims.events.map(({ name }) => name)).toContain("Complaint Opened")
  })

  test("fires no trigger and stops none", async () => {
    const { triggers } = shop.services.store
    const findEvents = async () => {
      const untilMs = shop.services.clock()
      const range = { event: "Delivery Delayed", unless: ["Order Delivered"], fromMs: untilMs - 60_000, untilMs }
      const wanted = { notSinceMs: 0, evenWithoutConsent: true }
      const name = { placement: "late", trigger: "late" }
      return triggers.findEvents(name, range, wanted, { afterCustomerId: null, limit: 1000 })
    }
    await track("write", "late-claim", "Delivery Delayed", { order_id: "late-0" })
    await track("ingest", "late", "Delivery Delayed", { order_id: "late-1" })
    shop.advance(1000)
    await track("write", "late", "Order Delivered", { order_id: "late-1" })
    shop.advance(1000)
    expect((await findEvents()).map(({ customerId }) => customerId)).toEqual([(await read("late")).customerId])
  })
})

describe("an order that a public key tells", () => {
  const ordersOf = async (userId: string) => (await read(userId)).history.orders

  test("is a claim, also of a visitor without a userId", async () => {
    expect((await track("write", "claims", "Order Completed", order("c-1"))).reason).toContain("same order number")
    await tell("write", "/v1/track", { anonymousId: "visitor", event: "Order Completed", properties: order("c-2") })
    expect(await ordersOf("claims")).toBe(0)
    const visitor = await shop.services.store.customers.read({ type: "anonymousId", value: "visitor" })
    expect(visitor.history.orders).toBe(0)
    expect((await goldenRecord("claims")).claims.events).toEqual([
      { name: "Order Completed", orderId: "c-1", at: expect.any(String) },
    ])
  })

  test("counts once a server tells its number, in either order", async () => {
    await track("write", "first", "Order Completed", order("f-1"))
    await track("ingest", "first", "Order Shipped", { order_id: "f-2" })
    expect(await ordersOf("first")).toBe(0)
    await track("ingest", "first", "Order Shipped", { order_id: "f-1" })
    expect((await read("first")).history.items["sku-1"]).toMatchObject({ purchases: 1, quantity: 2 })
    await track("ingest", "second", "Order Shipped", { order_id: "s-1" })
    await track("write", "second", "Order Completed", order("s-1"))
    expect(await ordersOf("second")).toBe(1)
  })

  test("gives way to the same order told by a server", async () => {
    await track("write", "outweighed", "Order Completed", order("w-1", "made-up"))
    await track("ingest", "outweighed", "Order Completed", order("w-1", "real"))
    await track("ingest", "outweighed", "Order Shipped", { order_id: "w-1" })
    const { history } = await read("outweighed")
    expect(history.orders).toBe(1)
    expect(history.items.real).toMatchObject({ purchases: 1, quantity: 2 })
    expect(history.items["made-up"]).toMatchObject({ purchases: 0, quantity: 0 })
  })

  test("counts once a file tells its number", async () => {
    await track("write", "filed", "Order Completed", order("file-1", "made-up"))
    const filed: IncomingEvent = {
      messageId: "file line 1",
      at: shop.services.clock(),
      name: "Order Completed",
      lines: [{ itemId: "real", quantity: 1 }],
      properties: { orderId: "file-1" },
      identifiers: [{ type: "userId", value: "filed" }],
    }
    const [recorded] = await ingestEvents(shop.services, [filed], { mayMerge: true, country: null, fold: "later" })
    await refoldCustomers(shop.services, [recorded!.customerId!])
    expect((await read("filed")).history).toMatchObject({ orders: 1, items: { real: { purchases: 1 } } })
  })

  test("counts at once where the shop trusts browsers' orders, complaints still do not", async () => {
    const config = { ...shop.services.config, browserOrders: "trusted" as const }
    const app = createApp({ ...shop.services, config })
    const say = (event: string) =>
      app.request("/v1/track", {
        method: "POST",
        headers: { authorization: `Bearer ${shop.keys.write}`, "content-type": "application/json" },
        body: JSON.stringify({ userId: "trusted", event, properties: order("t-1") }),
      })
    for (const event of ["Order Completed", "Complaint Opened", "Order Refunded"]) await say(event)
    const { history } = await read("trusted")
    expect(history.items["sku-1"]).toMatchObject({ purchases: 1, returns: 0 })
    expect(history.complaints).toEqual({})
  })
})

test("models learn from no claim but that of an order which a server told without its lines", async () => {
  await track("write", "learner", "Complaint Opened")
  for (const number of ["told", "outweighed", "alone"])
    await track("write", "learner", "Order Completed", order(`learnt-${number}`, number))
  await track("ingest", "learner", "Order Shipped", { order_id: "learnt-told" })
  await track("ingest", "learner", "Order Completed", order("learnt-outweighed", "server"))
  const { customerId } = await read("learner")
  const names: string[] = []
  for await (const batch of shop.services.store.events.readAll(shop.services.clock() + 1))
    for (const event of batch)
      if (event.customerId === customerId)
        names.push([event.name, ...event.lines.map(({ itemId }) => itemId)].join(" "))
  expect(names.sort()).toEqual(["Order Completed server", "Order Completed told", "Order Shipped"])
})

test("a history with claims is what folding its stored events gives, in any order of arrival", async () => {
  const step = fc.record({
    key: fc.constantFrom<Key>("write", "ingest"),
    event: fc.constantFrom("Order Completed", "Order Shipped", "Order Refunded", "Product Viewed", "Complaint Opened"),
    number: fc.constantFrom("1", "2"),
  })
  let run = 0
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 10 }), async (steps) => {
      const userId = `run-${run++}`
      for (const { key, event, number } of steps)
        await track(key, userId, event, { ...order(`${userId}-${number}`), product_id: "sku-1" })
      const before = await read(userId)
      await shop.services.store.events.refold([before.customerId], () => null)
      expect((await read(userId)).history).toEqual(before.history)
    }),
  )
})

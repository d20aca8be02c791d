import { setTimeout as sleep } from "node:timers/promises"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { expectProblem } from "../contracts/route.ts"
import { breakDatabase } from "../support/breakable-database.ts"
import { createTestDatabase } from "../support/database.ts"
import { openTestApp } from "../support/test-app.ts"

const database = await breakDatabase(await createTestDatabase())
const shop = await openTestApp({ databaseUrl: database.url })
const items = ["a", "b", "c"].map((id) => ({ id, title: id }))
afterAll(async () => {
  database.heal()
  await shop.close()
  await database.close()
})

beforeAll(async () => {
  await shop.ask("POST", "/v1/items", { body: { items } })
  await shop.ask("POST", "/v1/offers", { body: { offers: [{ id: "o", kind: "notice", title: "O", value: 5 }] } })
  await shop.refreshCatalogue()
})

const customer = { userId: "u-1" }

async function untilHealthy(): Promise<void> {
  database.heal()
  for (let seconds = 0; seconds < 60; seconds++) {
    shop.advance(1000)
    await shop.ask("POST", "/v1/items", { body: { items } })
    if ((await shop.ask("GET", "/health", { key: "none" })).json.status === "ok") return
    await sleep(50)
  }
  throw new Error("not healthy after 60 seconds of the server's clock")
}

describe.each([
  ["refuses connections", /^absent$/, () => database.refuse()],
  ["does not answer", /^readsHang$/, () => database.hang()],
])("with a database that %s", (_, code, breakIt) => {
  beforeAll(breakIt)
  afterAll(untilHealthy)

  test("recommend and rank answer from memory and say so", async () => {
    const recommended = await shop.ask("POST", "/v1/recommend", { body: { customer, limit: 2 } })
    expect(recommended.json).toMatchObject({ degraded: true, decisionId: null, customerId: null })
    expect(recommended.json.asOfSeconds).toBeGreaterThanOrEqual(0)
    expect(recommended.json.items).toHaveLength(2)
    const ranked = await shop.ask("POST", "/v1/rank", { body: { customer, items: ["b", "a"] } })
    expect(ranked.json).toMatchObject({ degraded: true, decisionId: null })
    expect((ranked.json.items as { id: string }[]).map(({ id }) => id)).toEqual(["b", "a"])
  })

  test("metrics leave out what only the database knows", async () => {
    shop.advance(1000)
    const { status, text } = await shop.ask("GET", "/metrics", { key: "none" })
    expect(status).toBe(200)
    expect(text).toContain("# TYPE beforehand_webhook_oldest_seconds gauge")
    expect(text).not.toMatch(/^beforehand_webhook_(oldest_seconds|deliveries\b.*) /m)
  })

  test("decide answers nothing, because consent cannot be checked", async () => {
    const body = { customer, placement: "home", channel: "web" }
    const { status, json } = await shop.ask("POST", "/v1/decide", { body })
    expect(status).toBe(200)
    expect(json).toMatchObject({
      kind: "nothing",
      offer: null,
      decisionId: null,
      degraded: true,
      selectionProbability: 1,
    })
  })

  test("content answers a marked fallback that nobody may keep, and sells nothing, because consent cannot be checked", async () => {
    const { json, headers } = await shop.ask("GET", "/v1/content/home?customer=userId:u-1&campaign=c")
    expect(json).toMatchObject({ fallback: true, kind: "nothing", decisionId: null, items: [] })
    expect(headers.get("cache-control")).toBe("no-store")
  })

  test("what needs the database is unavailable and says when to come back", async () => {
    const after = "0190b6a4-0000-7000-8000-000000000000"
    for (const answer of [
      await shop.ask("POST", "/v1/recommend", { body: { customer, after } }),
      await shop.ask("GET", "/v1/decisions/0190b6a4-0000-7000-8000-000000000000"),
      await shop.ask("GET", "/v1/customers/userId:u-1"),
    ]) {
      expectProblem(answer, 503, "unavailable")
      expect(answer.headers.get("retry-after")).toBe("1")
    }
  })

  test("the process stays alive and ready, and says what is wrong", async () => {
    expect((await shop.ask("GET", "/ready", { key: "none" })).status).toBe(200)
    const { status, json } = await shop.ask("GET", "/health", { key: "none" })
    expect(status).toBe(200)
    expect(json).toMatchObject({ status: "degraded", database: { reachable: false, durability: null } })
    expect(json.reasons).toContainEqual(
      expect.objectContaining({ affects: "reads", code: expect.stringMatching(code) }),
    )
  })

  test("answers are whole again once it is back", async () => {
    const isDegraded = async () => {
      shop.advance(1000)
      return (await shop.ask("POST", "/v1/recommend", { body: { customer } })).json.degraded
    }
    expect(await isDegraded()).toBe(true)
    await untilHealthy()
    await expect.poll(isDegraded, { timeout: 20_000 }).toBe(false)
  })
})

test("an event is refused with 503 while the database refuses connections, and accepted once it is back", async () => {
  const event = { userId: "u-1", event: "Product Viewed", messageId: "m-1", properties: { product_id: "a" } }
  database.refuse()
  expectProblem(await shop.ask("POST", "/v1/track", { key: "write", body: event }), 503, "unavailable")
  await untilHealthy()
  expect((await shop.ask("POST", "/v1/track", { key: "write", body: event })).status).toBe(200)
})

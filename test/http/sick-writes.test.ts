import postgres from "postgres"
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest"
import { expectProblem } from "../contracts/route.ts"
import { createTestDatabase } from "../support/database.ts"
import { loseStandby } from "../support/lost-standby.ts"
import { openTestApp, type TestApp } from "../support/test-app.ts"

const customer = { userId: "u-1" }
const event = (messageId: string) => ({
  userId: "u-1",
  event: "Product Viewed",
  messageId,
  properties: { product_id: "a" },
})

let databaseUrl: string
let shop: TestApp
const open = async () => {
  databaseUrl = await createTestDatabase()
  shop = await openTestApp({ databaseUrl })
  const items = ["a", "b", "c"].map((id) => ({ id, title: id }))
  await shop.ask("POST", "/v1/items", { body: { items } })
  await shop.refreshCatalogue()
  await track("known")
}
const track = (messageId: string) => shop.ask("POST", "/v1/track", { key: "ingest", body: event(messageId) })
const health = async () => (await shop.ask("GET", "/health", { key: "none" })).json
const reasons = async () => ((await health()).reasons as { code: string; affects: string }[]).map(({ code }) => code)
const recommend = async () => {
  // The server's clock may not stand still, or no call is tried again.
  shop.advance(1000)
  return (await shop.ask("POST", "/v1/recommend", { body: { customer } })).json
}

/** Makes the database read-only for sessions that begin from now on, and ends the others; returns what ends it. */
async function makeReadOnly(): Promise<() => Promise<void>> {
  const name = new URL(databaseUrl).pathname.slice(1)
  const administrator = postgres(databaseUrl, { max: 1, onnotice: () => {} })
  const set = async (value: "on" | "off") => {
    await administrator.unsafe(
      `begin; set transaction read write; alter database ${name} set default_transaction_read_only = ${value}; commit`,
    )
    await administrator`
      select pg_terminate_backend(pid) from pg_stat_activity where datname = ${name} and pid <> pg_backend_pid()`
  }
  await set("on")
  return async () => {
    await set("off")
    await administrator.end()
  }
}

/** Locks the tables that every answer and every event is written to, as another session; returns what ends it. */
async function lockTables(): Promise<() => Promise<void>> {
  const holder = postgres(databaseUrl, { max: 1 })
  await holder.unsafe("begin; lock table decisions, messages in share mode")
  return () => holder.end()
}

describe.each([
  ["whose synchronous standby is lost", "standbyLost", () => loseStandby(databaseUrl)],
  ["that takes no writes", "readOnly", makeReadOnly],
  ["whose tables another session locks", "locked", lockTables],
])("on a database %s", (_, reason, breakIt) => {
  let heal: () => Promise<void>
  beforeAll(async () => {
    await open()
    heal = await breakIt()
  })
  afterAll(() => shop.close())
  beforeEach(() => shop.advance(1000))

  test("questions are answered for their customer, and say that nothing records them", async () => {
    const answers = []
    for (let n = 0; n < 4; n++) answers.push(await recommend())
    const last = answers.at(-1)!
    expect(last).toMatchObject({ degraded: true, decisionId: null, customerId: expect.any(String), coldStart: false })
    expect(last.items).toHaveLength(3)
    const ranked = await shop.ask("POST", "/v1/rank", { body: { customer, items: ["b", "a"] } })
    expect(ranked.json).toMatchObject({ degraded: true, decisionId: null })
    const decided = await shop.ask("POST", "/v1/decide", { body: { customer, placement: "home", channel: "web" } })
    expect(decided.json).toMatchObject({ kind: "nothing", decisionId: null, degraded: true })
    const { text } = await shop.ask("GET", "/metrics", { key: "none" })
    expect(text).toMatch(/^beforehand_unrecorded_decisions_total\{verb="recommend",reason="\w+"\} [1-9]/m)
  })

  test("events are refused with the time to come back, and /health says why", async () => {
    const refused = await track("m-1")
    expectProblem(refused, 503, "unavailable")
    expect(refused.headers.get("retry-after")).toBe("1")
    await expect.poll(reasons, { timeout: 5000 }).toContain(reason)
    expect((await health()).status).toBe("degraded")
    expect((await shop.ask("GET", "/ready", { key: "none" })).status).toBe(200)
  })

  test("all is well when it ends, and a message told again counts once", async () => {
    await heal()
    await expect.poll(async () => (await recommend()).degraded, { timeout: 10_000 }).toBe(false)
    await expect.poll(async () => (await health()).status, { timeout: 10_000, interval: 200 }).toBe("ok")
    await expect.poll(async () => (await track("m-1")).status, { timeout: 10_000 }).toBe(200)
    const told = await track("m-1")
    expect(told.json.results).toMatchObject([{ status: "duplicate" }])
    expect(await shop.sql("select count(*)::int as events from events where message_id like '%m-1'")).toEqual([
      { events: 1 },
    ])
  })
})

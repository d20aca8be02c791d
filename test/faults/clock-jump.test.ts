import { afterAll, beforeAll, expect, test } from "vitest"
import { newId } from "../../src/start/new-id.ts"
import { tester } from "../support/actor.ts"
import { type BreakableDatabase, breakDatabase } from "../support/breakable-database.ts"
import { createTestDatabase } from "../support/database.ts"
import { openTestApp, type TestApp } from "../support/test-app.ts"

const yearMs = 365 * 86_400_000

let database: BreakableDatabase
let shop: TestApp

beforeAll(async () => {
  database = await breakDatabase(await createTestDatabase())
  shop = await openTestApp({ databaseUrl: database.url })
  await shop.ask("POST", "/v1/items", { body: { items: [{ id: "a", title: "a" }] } })
  await shop.refreshCatalogue()
})
afterAll(async () => {
  database.heal()
  await shop.close()
  await database.close()
})

const customer = { userId: "u-1" }
const recommend = async () => (await shop.ask("POST", "/v1/recommend", { body: { customer } })).json
const track = async (messageId: string) => {
  const body = { ...customer, messageId, event: "Product Viewed", properties: { product_id: "a" } }
  const { json } = await shop.ask("POST", "/v1/track", { body })
  return (json.results as { status: string }[])[0]!.status
}

test("events and decisions are written whatever year the clock jumps to, and a message counts once in all of them", async () => {
  for (const jumpMs of [0, 3 * yearMs, -4 * yearMs, yearMs]) {
    shop.advance(jumpMs)
    expect(await track(`after ${jumpMs}`)).toBe("accepted")
    expect(await track("always the same")).toBe(jumpMs === 0 ? "accepted" : "duplicate")
    const { degraded, decisionId } = await recommend()
    expect(degraded).toBe(false)
    expect((await shop.ask("GET", `/v1/decisions/${decisionId}`)).status).toBe(200)
  }
})

test("a clock set back while the database is away does not keep the service from coming back", async () => {
  database.refuse()
  await expect.poll(async () => (await recommend()).degraded).toBe(true)
  shop.advance(-yearMs)
  database.heal()
  await expect.poll(async () => (await recommend()).degraded, { timeout: 10_000 }).toBe(false)
})

test("a key that is revoked after the clock was set back stops working as soon as any other", async () => {
  const { json } = await shop.ask("GET", "/v1/items", { key: "read" })
  expect(json.items).toHaveLength(1)
  shop.advance(-yearMs)
  const [key] = (await shop.services.store.keys.active()).filter(({ scope }) => scope === "read")
  await shop.services.store.keys.revoke(key!.id, { at: Date.now(), actor: tester })
  const status = async () => (await shop.ask("GET", "/v1/items", { key: "read" })).status
  await expect.poll(status, { timeout: 5000 }).toBe(401)
})

test("a lease from before the database's clock was set back is free", async () => {
  const { leases } = shop.services.store
  const [dead, alive] = [newId(), newId()]
  expect(await leases.acquire("sweep", dead, 1000 * yearMs)).toBe(true)
  expect(await leases.acquire("sweep", alive, 60_000)).toBe(true)
  expect(await leases.acquire("sweep", dead, 60_000)).toBe(false)
})

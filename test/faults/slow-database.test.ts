import { afterAll, beforeAll, expect, test } from "vitest"
import { type BreakableDatabase, breakDatabase } from "../support/breakable-database.ts"
import { createTestDatabase } from "../support/database.ts"
import { openTestApp, type TestApp } from "../support/test-app.ts"

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

const recommend = async () => (await shop.ask("POST", "/v1/recommend", { body: { customer: { userId: "u-1" } } })).json

test("a database that answers slowly is waited for; one that answers too slowly is not, until it is quick again", async () => {
  // Connections that write are open by now, and a record takes one way there and back, well within its time.
  for (let time = 0; time < 3; time++) await recommend()
  database.slow(50)
  expect(await recommend()).toMatchObject({ degraded: false, decisionId: expect.any(String) })
  database.slow(5000)
  expect(await recommend()).toMatchObject({ degraded: true, decisionId: null, items: [{ id: "a" }] })
  const body = { userId: "u-1", messageId: "m-1", event: "Product Viewed", properties: { product_id: "a" } }
  const tracked = shop.ask("POST", "/v1/track", { body })
  database.heal()
  await expect.poll(async () => (await recommend()).degraded, { timeout: 15_000 }).toBe(false)
  const { json } = await tracked
  const again = (await shop.ask("POST", "/v1/track", { body })).json.results as { status: string }[]
  const wasAccepted = (json.results as { status: string }[] | undefined)?.[0]?.status === "accepted"
  // What was answered 503 may have been written or not; what was acknowledged was.
  expect(wasAccepted ? ["duplicate"] : ["accepted", "duplicate"]).toContain(again[0]!.status)
})

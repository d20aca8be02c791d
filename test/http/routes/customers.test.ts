import { afterAll, beforeAll, expect, test } from "vitest"
import { expectProblem } from "../../contracts/route.ts"
import { openTestApp } from "../../support/test-app.ts"

const shop = await openTestApp()
afterAll(() => shop.close())

const now = () => new Date(shop.services.clock()).toISOString()

beforeAll(async () => {
  await shop.ask("POST", "/v1/items", { body: { items: [{ id: "sku", title: "Item" }] } })
  await shop.ask("POST", "/v1/offers", { body: { offers: [{ id: "gift", kind: "extra", title: "Gift", value: 5 }] } })
  await shop.refreshCatalogue()
})

test("an unknown customer is a record that says so", async () => {
  const { status, json } = await shop.ask("GET", "/v1/customers/userId:unseen", { key: "read" })
  expect(status).toBe(200)
  expect(json).toMatchObject({ known: false, identified: false, identifiers: [], consents: {}, vector: null })
})

test("what is known of a customer is one record", async () => {
  await shop.ask("POST", "/v1/identify", {
    key: "ingest",
    body: { userId: "ann", traits: { city: "Turin", email: "ann@shop.example" } },
  })
  const consent = { granted: true, at: now(), source: "form" }
  await shop.ask("PUT", "/v1/customers/userId:ann/consents/marketing", { key: "ingest", body: consent })
  const { json } = await shop.ask("GET", "/v1/customers/userId:ann", { key: "read" })
  expect(json).toMatchObject({
    known: true,
    identified: true,
    traits: { city: "Turin" },
    consents: { marketing: consent },
  })
  expect(json.identifiers).toContainEqual({ type: "userId", value: "ann" })
})

test("after erasure no table has a row of the customer, and the export says that nothing is held", async () => {
  const name = "userId:leaver"
  await shop.ask("POST", "/v1/track", {
    key: "ingest",
    body: { userId: "leaver", event: "Product Viewed", properties: { product_id: "sku" } },
  })
  await shop.ask("PUT", `/v1/customers/${name}/consents/marketing`, {
    body: { granted: true, at: now(), source: "form" },
  })
  const customer = { userId: "leaver" }
  await shop.ask("POST", "/v1/recommend", { body: { customer } })
  const { json: decision } = await shop.ask("POST", "/v1/decide", {
    body: { customer, placement: "home", channel: "web" },
  })
  const outcome = { outcome: "impression", at: now(), messageId: "seen" }
  await shop.ask("POST", `/v1/decisions/${decision.decisionId}/outcome`, { body: outcome })
  await shop.ask("GET", `/v1/content/mail?customer=${name}&campaign=c`)
  const held = await shop.ask("GET", `/v1/customers/${name}/export`, { key: "read" })
  const tables = held.json.tables as Record<string, unknown[]>
  const filled = ["identifiers", "profiles", "contacts", "events", "decisions", "outcomes", "contents"]
  for (const table of filled) expect(tables[table], table).not.toHaveLength(0)

  const erased = await shop.ask("DELETE", `/v1/customers/${name}`)
  expect(erased.json.rowsErased).toBeGreaterThanOrEqual(filled.length)
  expectProblem(await shop.ask("GET", `/v1/customers/${held.json.customerId}/export`), 404, "notFound")
  expectProblem(await shop.ask("GET", `/v1/decisions/${decision.decisionId}`), 404, "notFound")
  expect((await shop.ask("GET", `/v1/customers/${name}`)).json.known).toBe(false)
})

test("erasing again is no error", async () => {
  expect((await shop.ask("DELETE", "/v1/customers/userId:leaver")).json.rowsErased).toBe(0)
})

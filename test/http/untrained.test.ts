import { afterAll, expect, test } from "vitest"
import { openTestApp } from "../support/test-app.ts"

const shop = await openTestApp()
afterAll(shop.close)

const itemIds = ["a-unknown", "b-viewed", "c-bought", "d-returned"]

async function track(customer: string, event: string, itemId: string) {
  const body = { userId: customer, event, properties: { products: [{ product_id: itemId, quantity: 1 }] } }
  const { status } = await shop.ask("POST", "/v1/track", { body: { ...body, messageId: `${customer} ${event}` } })
  expect(status).toBe(200)
}

test("before the first release answers are in order of what customers bought and viewed, and say so", async () => {
  await shop.ask("POST", "/v1/items", {
    body: { items: itemIds.map((id) => ({ id, title: id, price: 10, currency: "EUR" })) },
  })
  await track("one", "Order Completed", "c-bought")
  await track("two", "Product Viewed", "b-viewed")
  await track("three", "Order Completed", "d-returned")
  await track("three", "Product Returned", "d-returned")
  await shop.refreshCatalogue()
  const customer = { userId: "somebody" }
  const expected = ["c-bought", "b-viewed", "a-unknown", "d-returned"]
  const idsOf = ({ json }: { json: Record<string, unknown> }) => (json.items as { id: string }[]).map(({ id }) => id)

  const recommended = await shop.ask("POST", "/v1/recommend", { body: { customer, placement: "home", limit: 4 } })
  expect(recommended.json).toMatchObject({ untrained: true, modelVersion: null })
  expect(idsOf(recommended)).toEqual(expected)

  const ranked = await shop.ask("POST", "/v1/rank", {
    body: { customer, placement: "home", items: ["d-returned", "a-unknown", "b-viewed", "c-bought"], explain: true },
  })
  expect(ranked.json).toMatchObject({ untrained: true })
  expect(idsOf(ranked)).toEqual(["c-bought", "b-viewed", "d-returned", "a-unknown"])
  const codes = (ranked.json.items as { reasons: { code: string }[] }[]).map(({ reasons }) => reasons[0]?.code)
  expect(codes).toEqual(["popular", "popular", "new", "new"])

  const offer = { id: "for-you", kind: "recommendation", title: "For you", value: 2, channels: ["web"] }
  await shop.ask("POST", "/v1/offers", { body: { offers: [offer] } })
  await shop.refreshCatalogue()
  const decided = await shop.ask("POST", "/v1/decide", { body: { customer, placement: "home", channel: "web" } })
  expect(decided.json).toMatchObject({ untrained: true })
})

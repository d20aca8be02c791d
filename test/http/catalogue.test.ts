import { afterAll, beforeAll, expect, test } from "vitest"
import { openTestApp, type TestApp } from "../support/test-app.ts"

let shop: TestApp
beforeAll(async () => {
  shop = await openTestApp()
})
afterAll(() => shop.close())

const cream = { id: "cream", title: "Day cream", price: 19.9, currency: "EUR", stock: 3, category: ["skin"] }

test("an item that was sent is read back as it was sent", async () => {
  const sent = await shop.ask("POST", "/v1/items", { key: "ingest", body: { items: [cream] } })
  expect(sent).toMatchObject({ status: 200, json: { upserted: 1 } })
  expect((await shop.ask("GET", "/v1/items/cream", { key: "read" })).json).toEqual(cream)
})

test("of two items with one id in one request the last stands", async () => {
  const twice = [
    { id: "twice", title: "first" },
    { id: "twice", title: "second" },
  ]
  await shop.ask("POST", "/v1/items", { body: { items: twice } })
  expect((await shop.ask("GET", "/v1/items/twice")).json.title).toBe("second")
})

test("items are listed in order of id, a page at a time, until the cursor is null", async () => {
  const many = Array.from({ length: 5 }, (_, n) => ({ id: `listed-${n}`, title: `Item ${n}` }))
  await shop.ask("POST", "/v1/items", { body: { items: many } })
  const seen: string[] = []
  let cursor: unknown = "listed-"
  while (cursor !== null) {
    const { json } = await shop.ask("GET", `/v1/items?limit=2&cursor=${cursor}`)
    seen.push(...(json.items as { id: string }[]).map(({ id }) => id))
    cursor = json.nextCursor
  }
  expect(seen.filter((id) => id.startsWith("listed-"))).toEqual(many.map(({ id }) => id))
})

test("a deleted item leaves the catalogue in memory and comes back when sent again", async () => {
  await shop.ask("POST", "/v1/items", { body: { items: [{ id: "gone", title: "Gone" }] } })
  await shop.refreshCatalogue()
  expect(shop.services.catalogue.current().items.has("gone")).toBe(true)
  expect((await shop.ask("DELETE", "/v1/items/gone")).status).toBe(200)
  expect((await shop.ask("DELETE", "/v1/items/gone")).status).toBe(404)
  await shop.refreshCatalogue()
  expect(shop.services.catalogue.current().items.has("gone")).toBe(false)
  await shop.ask("POST", "/v1/items", { body: { items: [{ id: "gone", title: "Back" }] } })
  await shop.refreshCatalogue()
  expect(shop.services.catalogue.current().items.get("gone")?.title).toBe("Back")
})

test("the catalogue in memory stays the same object while nothing changes", async () => {
  await shop.refreshCatalogue()
  const before = shop.services.catalogue.current()
  await shop.refreshCatalogue()
  expect(shop.services.catalogue.current()).toBe(before)
})

test("an offer gets its defaults", async () => {
  const offer = { id: "spring", kind: "promotion", title: "Ten percent", value: 8 }
  await shop.ask("POST", "/v1/offers", { body: { offers: [offer] } })
  expect((await shop.ask("GET", "/v1/offers/spring")).json).toEqual({ ...offer, cost: 0, currency: "EUR", content: {} })
})

test("one bad item of many is named by a JSON pointer and nothing is written", async () => {
  const items = [
    { id: "fine", title: "Fine" },
    { id: "bad", title: "Bad", price: -1, colour: "red" },
  ]
  const { status, json } = await shop.ask("POST", "/v1/items", { body: { items } })
  expect(status).toBe(400)
  expect((json.errors as { pointer: string }[]).map(({ pointer }) => pointer).sort()).toEqual([
    "/items/1/colour",
    "/items/1/price",
  ])
  expect((await shop.ask("GET", "/v1/items/fine")).status).toBe(404)
})

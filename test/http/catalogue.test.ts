import { afterAll, beforeAll, expect, test } from "vitest"
import type { z } from "zod"
import { itemSchema } from "../../src/core/catalogue/item.ts"
import { offerSchema } from "../../src/core/catalogue/offer.ts"
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

test("one bad item of a thousand harms only itself, and is named by a JSON pointer", async () => {
  const items: unknown[] = Array.from({ length: 1000 }, (_, n) => ({ id: `kept-${n}`, title: "Fine" }))
  items[1] = { id: "bad", title: "Bad", price: -1, colour: "red" }
  items[2] = { title: "nameless" }
  items[3] = { id: "nul", title: "N\0L" }
  items[4] = "no item at all"
  const { status, json } = await shop.ask("POST", "/v1/items", { key: "ingest", body: { items } })
  expect([status, json.upserted]).toEqual([200, 996])
  const results = json.results as { id: string | null; status: string; errors?: { pointer: string }[] }[]
  expect(results.map(({ status }) => status)).toEqual(items.map((_, n) => (n >= 1 && n <= 4 ? "rejected" : "upserted")))
  expect(results.slice(1, 5).map(({ id }) => id)).toEqual(["bad", null, "nul", null])
  const pointers = results.slice(1, 5).map(({ errors = [] }) => errors.map(({ pointer }) => pointer).sort())
  expect(pointers).toEqual([["/items/1/colour", "/items/1/price"], ["/items/2/id"], ["/items/3/title"], ["/items/4"]])
  expect((await shop.ask("GET", "/v1/items/kept-999")).status).toBe(200)
  expect((await shop.ask("GET", "/v1/items/bad")).status).toBe(404)
})

test("an item or offer that nests too deep harms only itself", async () => {
  const deep = `${"[".repeat(9000)}${"]".repeat(9000)}`
  for (const list of ["items", "offers"]) {
    const bad = `{"id":"deep","title":"Deep","kind":"notice","attributes":${deep},"content":${deep}}`
    const good =
      list === "items" ? '{"id":"flat","title":"Flat"}' : '{"id":"flat","title":"Flat","kind":"notice","value":1}'
    const { status, json } = await shop.ask("POST", `/v1/${list}`, { body: `{"${list}":[${bad},${good}]}` })
    expect([status, json.upserted]).toEqual([200, 1])
    const { id, errors } = (json.results as { id: string; errors: object[] }[])[0]!
    expect([id, errors]).toEqual(["deep", [{ pointer: `/${list}/0`, message: "nests more than 32 levels deep" }]])
  }
})

test("where no item is good the whole body is refused", async () => {
  const body = { items: [{ id: "bad", title: "Bad", price: -1 }, {}] }
  const { status, json } = await shop.ask("POST", "/v1/items", { body })
  expect([status, json.code]).toEqual([400, "invalidRequest"])
  expect((json.errors as { pointer: string }[]).map(({ pointer }) => pointer).sort()).toEqual([
    "/items/0/price",
    "/items/1/id",
    "/items/1/title",
  ])
  const tooMany = Array.from({ length: 1001 }, (_, n) => ({ id: `i-${n}`, title: "One too many" }))
  expect((await shop.ask("POST", "/v1/items", { body: { items: tooMany } })).status).toBe(400)
})

test("one bad offer harms only itself, be it a template that cannot be rendered", async () => {
  const offer = (id: string, change: object) => ({ id, kind: "promotion", title: "Ten percent", value: 8, ...change })
  const broken = { treatments: [{ content: { headline: "{{ customer.firstName" } }] }
  const offers = [offer("good", {}), offer("broken", broken), offer("unkind", { kind: "bribe" })]
  const { status, json } = await shop.ask("POST", "/v1/offers", { body: { offers } })
  expect([status, json.upserted]).toEqual([200, 1])
  expect((json.results as { status: string }[]).map(({ status }) => status)).toEqual([
    "upserted",
    "rejected",
    "rejected",
  ])
  expect((await shop.ask("GET", "/v1/offers/good")).status).toBe(200)
})

const optionalOf = (schema: z.ZodObject) =>
  Object.entries(schema.shape).flatMap(([name, field]) =>
    (field as z.ZodType).safeParse(undefined).success ? [name] : [],
  )

test("null counts as absent in every optional field of items and offers, at any depth, and the description says so", async () => {
  const nulls = (names: readonly string[]) => Object.fromEntries(names.map((name) => [name, null]))
  const item = { ...nulls(optionalOf(itemSchema)), id: "nullish", title: "Null" }
  const offer = { ...nulls(optionalOf(offerSchema)), id: "nullish", kind: "promotion", title: "Null", value: 1 }
  const deep = { ...offer, id: "deep", volume: { made: 3, accepted: null }, items: { limit: 1, filter: null } }
  const attributed = { ...item, id: "attributed", attributes: { size: "M", colour: null } }
  const ofItems = await shop.ask("POST", "/v1/items", { body: { items: [item, attributed] } })
  const ofOffers = await shop.ask("POST", "/v1/offers", { body: { offers: [offer, deep] } })
  expect([ofItems.json.upserted, ofOffers.json.upserted]).toEqual([2, 2])
  expect((await shop.ask("GET", "/v1/items/nullish")).json).toEqual({ id: "nullish", title: "Null" })
  expect((await shop.ask("GET", "/v1/items/attributed")).json.attributes).toEqual({ size: "M" })
  expect((await shop.ask("GET", "/v1/offers/deep")).json.volume).toEqual({ made: 3 })
  const required = await shop.ask("POST", "/v1/items", { body: { items: [{ id: "untitled", title: null }] } })
  expect(required.status).toBe(400)
  const { components } = (await shop.ask("GET", "/openapi.json")).json as {
    components: { schemas: Record<string, { properties: Record<string, { type?: string[] }> }> }
  }
  expect(components.schemas.SentItem!.properties.price!.type).toEqual(["number", "null"])
  expect(components.schemas.SentOffer!.properties.validTo!.type).toEqual(["string", "null"])
})

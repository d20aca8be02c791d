import { afterAll, beforeAll, expect, test } from "vitest"
import { rekeyIdentifiers } from "../../../src/actions/identity/rekey-identifiers.ts"
import type { Identifier } from "../../../src/core/customer/identifier.ts"
import { openTestApp, type TestApp } from "../../support/test-app.ts"

let shop: TestApp
beforeAll(async () => {
  shop = await openTestApp()
})
afterAll(() => shop.close())

const viewOf = async (identity: object): Promise<string> => {
  const body = { ...identity, event: "Product Viewed", properties: { product_id: "sku-1" } }
  const { results } = (await shop.ask("POST", "/v1/track", { key: "ingest", body })).json
  return (results as { customerId: string }[])[0]!.customerId
}
/** As a service of before stored it. */
const attachAsGiven = (type: Identifier["type"], value: string, customerId: string) =>
  shop.services.store.identifiers.attach({ type, value, customerId })
const read = (type: Identifier["type"], value: string) => shop.services.store.customers.read({ type, value })
const viewsOf = async (type: Identifier["type"], value: string) =>
  (await read(type, value)).history.items["sku-1"]?.views

test("identifiers stored in another form are read anew; whoever shares one is joined unless both have a userId", async () => {
  const [web, card] = [await viewOf({ anonymousId: "web" }), await viewOf({ anonymousId: "card" })]
  await attachAsGiven("phone", "+39 333 1234567", web)
  await attachAsGiven("phone", "0039-333-1234567", card)
  const [ann, bob] = [await viewOf({ userId: "ann" }), await viewOf({ userId: "bob" })]
  await attachAsGiven("phone", "+49 30 901820", ann)
  await attachAsGiven("phone", "+49-30-901820", bob)
  const zoe = await viewOf({ anonymousId: "zoe" })
  await attachAsGiven("userId", "Zoë".normalize("NFD"), zoe)
  await attachAsGiven("email", "Zoe@Example.com", zoe)
  const local = await viewOf({ anonymousId: "local" })
  await attachAsGiven("phone", "333 7654321", local)

  const first = await rekeyIdentifiers(shop.services, null)
  expect(first).toEqual({ renamed: 4, joined: 1, keptApart: 1, unreadable: 1 })
  expect(await viewsOf("phone", "+393331234567")).toBe(2)
  expect((await read("anonymousId", "web")).customerId).toBe((await read("anonymousId", "card")).customerId)
  expect((await read("userId", "ann")).customerId).not.toBe((await read("userId", "bob")).customerId)
  expect((await read("userId", "Zoë")).customerId).toBe(zoe)
  expect((await read("email", "zoe@example.com")).customerId).toBe(zoe)

  const second = await rekeyIdentifiers(shop.services, "IT")
  expect(second).toEqual({ renamed: 1, joined: 0, keptApart: 1, unreadable: 0 })
  expect((await read("phone", "+393337654321")).customerId).toBe(local)
  const temporary = await shop.sql("select 1 from identifiers where value like 'rekey-%'")
  expect(temporary).toEqual([])
})

test("two customers under spellings of one userId or address become one, with all that both did; users of their own do not", async () => {
  const zoeApart = "Zoe\u0308-2"
  const composed = await viewOf({ userId: zoeApart.normalize("NFC") })
  const apart = await viewOf({ anonymousId: "zoe-apart" })
  await attachAsGiven("userId", zoeApart, apart)
  const [shouted, quiet] = [await viewOf({ anonymousId: "shouted" }), await viewOf({ anonymousId: "quiet" })]
  await attachAsGiven("email", "SHOUT@example.com", shouted)
  await attachAsGiven("email", "shout@example.com", quiet)
  const [eve, adam] = [await viewOf({ userId: "eve" }), await viewOf({ userId: "adam" })]
  await attachAsGiven("email", "Garden@example.com", eve)
  await attachAsGiven("email", "garden@example.com", adam)
  const eventsBefore = await shop.sql("select count(*)::int as n from events where name = 'Identifiers Joined'")

  expect(await rekeyIdentifiers(shop.services, "IT")).toEqual({ renamed: 0, joined: 2, keptApart: 2, unreadable: 0 })
  const joined = await read("userId", "Zoë-2")
  expect([composed, apart]).toContain(joined.customerId)
  expect(joined.history.items["sku-1"]?.views).toBe(2)
  expect((await read("anonymousId", "zoe-apart")).customerId).toBe(joined.customerId)
  expect(await viewsOf("email", "shout@example.com")).toBe(2)
  expect((await read("userId", "eve")).customerId).not.toBe((await read("userId", "adam")).customerId)
  expect(await viewsOf("userId", "eve")).toBe(1)

  expect(await rekeyIdentifiers(shop.services, "IT")).toEqual({ renamed: 0, joined: 0, keptApart: 2, unreadable: 0 })
  const eventsAfter = await shop.sql("select count(*)::int as n from events where name = 'Identifiers Joined'")
  expect(eventsAfter[0]!.n).toBe((eventsBefore[0]!.n as number) + 2)
})

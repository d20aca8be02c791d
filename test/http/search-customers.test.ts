import { afterAll, beforeAll, describe, expect, test } from "vitest"
import type { SearchAnswer } from "../../src/core/identity/search-customers.ts"
import { openTestApp, type TestApp } from "../support/test-app.ts"

let shop: TestApp
beforeAll(async () => {
  shop = await openTestApp()
  await shop.ask("PUT", "/v1/settings", { body: { settings: { country: "IT" } } })
  await tell("identify", {
    userId: "u-1",
    traits: { firstName: "José", lastName: "Müller-O'Neill", email: "jose.m@shop.example", phone: "333 123 4567" },
  })
  await tell("identify", { userId: "u-2", traits: { name: "Иван Петров", email: "ivan@shop.example" } })
  await tell("identify", { userId: "u-3", traits: { name: "Josefa Bianchi" }, context: { loyaltyCard: "9900112233" } })
  await tell("track", { userId: "u-2", event: "Order Completed", properties: { order_id: "A-7001", products: [] } })
})
afterAll(() => shop.close())

async function tell(verb: string, body: object, key: "write" | "ingest" = "ingest") {
  expect((await shop.ask("POST", `/v1/${verb}`, { key, body })).json).toMatchObject({})
}
async function search(query: string, key: "read" | "ingest" = "read", limit = 10) {
  const answer = await shop.ask("POST", "/v1/customers/search", { key, body: { query, limit } })
  expect(answer.status).toBe(200)
  return answer.json as unknown as SearchAnswer
}
const namesOf = async (query: string, key: "read" | "ingest" = "read") =>
  (await search(query, key)).customers.map(({ name }) => name).sort()

const jose = "José Müller-O'Neill"

describe("a search for customers", () => {
  test("finds by the beginnings of a name's words, in any order, without case and accents", async () => {
    expect(await namesOf("jose")).toEqual(["Josefa Bianchi", jose])
    expect(await namesOf("MULL jos")).toEqual([jose])
    expect(await namesOf("oneill")).toEqual([jose])
    expect(await namesOf("пет")).toEqual(["Иван Петров"])
    expect(await namesOf("jose petrov")).toEqual([])
  })

  test("finds half a phone number from either end, however it is written", async () => {
    for (const half of ["333123", "+39 333 12", "0039333", "4567", "123-4567", "393331"])
      expect(await namesOf(half), half).toEqual([jose])
    expect(await namesOf("3331239")).toEqual([])
  })

  test("finds by address, user id and order, and says by which", async () => {
    const { customers } = await search("jose.m@")
    expect(customers).toMatchObject([
      { matched: ["email"], identifiers: expect.arrayContaining([{ type: "userId", value: "u-1" }]) },
    ])
    expect((await search("u-2")).customers).toMatchObject([{ name: "Иван Петров", matched: ["userId"] }])
    expect((await search("#A-7001")).customers).toMatchObject([{ name: "Иван Петров", matched: ["order"] }])
  })

  test("shows masked data to keys that may not read customers, and finds no part of a number for them", async () => {
    const { customers, masked } = await search("jose.m@shop.example", "ingest")
    expect(masked).toBe(true)
    expect(customers).toMatchObject([{ name: "J… M…" }])
    expect(customers[0]!.identifiers).toEqual(
      expect.arrayContaining([
        { type: "email", value: "j…@shop.example" },
        { type: "phone", value: "…567" },
      ]),
    )
    expect(await namesOf("jose.m@shop.exampl", "ingest")).toEqual([])
    expect(await namesOf("333123456", "ingest")).toEqual([])
    expect(await namesOf("3331234567", "ingest")).toEqual(["J… M…"])
    expect(await namesOf("jose", "ingest")).toEqual(["J… B…", "J… M…"])
  })

  test("does not find by what browsers claim", async () => {
    await tell(
      "identify",
      { anonymousId: "b-1", traits: { email: "claimed@shop.example", name: "Claude Claimed" } },
      "write",
    )
    expect((await search("claimed@shop.example")).customers).toEqual([])
    expect((await search("claude")).customers).toEqual([])
  })

  test("reads a query as data: signs of patterns and of text search match nothing else", async () => {
    for (const query of ["%%", "jos%", "__", "' | ':*", "jose & !petrov", "\\\\", "((("]) await search(query)
    expect(await namesOf("jos%")).toEqual(["Josefa Bianchi", jose])
    expect((await search("%@%")).customers).toEqual([])
  })

  test("says that there are more, and forgets whom an erasure took", async () => {
    const { customers, hasMore } = await search("jos", "read", 1)
    expect([customers.length, hasMore]).toEqual([1, true])
    await shop.ask("DELETE", `/v1/customers/${(await search("bianchi")).customers[0]!.customerId}`)
    expect((await search("bianchi")).customers).toEqual([])
  })
})

import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { expectProblem } from "../../contracts/route.ts"
import { type Answer, openTestApp } from "../../support/test-app.ts"

const shop = await openTestApp()
afterAll(() => shop.close())

const itemCount = 30
const skuOf = (n: number) => `sku-${String(n).padStart(2, "0")}`
const allSkus = Array.from({ length: itemCount }, (_, n) => skuOf(n))
const idsOf = ({ json }: Answer) => (json.items as { id: string }[]).map(({ id }) => id)

beforeAll(async () => {
  const items = allSkus.map((id, n) => ({
    id,
    title: `Item ${id}`,
    price: n,
    currency: "EUR",
    category: [n % 2 === 0 ? "skin" : "hair"],
    attributes: { vegan: n % 3 === 0 },
  }))
  await shop.ask("POST", "/v1/items", { body: { items } })
  await shop.refreshCatalogue()
})

const track = (body: Record<string, unknown>) => shop.ask("POST", "/v1/track", { key: "ingest", body })
const buy = (userId: string, ...skus: string[]) =>
  track({
    userId,
    event: "Order Completed",
    messageId: `order-${userId}-${skus.join()}`,
    properties: {
      order_id: `o-${userId}`,
      products: skus.map((product_id) => ({ product_id, quantity: 1, price: 5 })),
    },
  })

describe("recommend", () => {
  test("answers a customer nobody has seen, and records the decision", async () => {
    const answer = await shop.ask("POST", "/v1/recommend", { body: { customer: { userId: "new" }, limit: 3 } })
    expect(answer.json).toMatchObject({ coldStart: true, degraded: false, modelVersion: null })
    expect(answer.json.items).toHaveLength(3)
    const { json } = await shop.ask("GET", `/v1/decisions/${answer.json.decisionId}`)
    expect(json).toMatchObject({
      verb: "recommend",
      customerId: answer.json.customerId,
      placement: "default",
      outcomes: [],
    })
    expect((json.trace as { ranked: string[] }).ranked.slice(0, 3)).toEqual(idsOf(answer))
  })

  test("names the same customer by the same id, whatever the spelling of an e-mail address", async () => {
    const one = await shop.ask("POST", "/v1/recommend", { body: { customer: { email: "Ann@Shop.example" } } })
    const two = await shop.ask("POST", "/v1/recommend", { body: { customer: { email: " ann@shop.EXAMPLE " } } })
    expect(one.json.customerId).toBe(two.json.customerId)
  })

  test("pages are one ranking: nothing twice, nothing skipped, even when the shop changes in between", async () => {
    const customer = { userId: "pager" }
    const seen: string[] = []
    let after: unknown
    for (let page = 0; page < 3; page++) {
      const answer = await shop.ask("POST", "/v1/recommend", {
        body: { customer, limit: 7, ...(page > 0 && { after }) },
      })
      expect((answer.json.items as { rank: number }[]).map(({ rank }) => rank)).toEqual(
        Array.from({ length: 7 }, (_, n) => page * 7 + n + 1),
      )
      seen.push(...idsOf(answer))
      after = answer.json.decisionId
      await shop.ask("POST", "/v1/items", { body: { items: [{ id: `aaa-${page}`, title: "Comes first" }] } })
      await shop.refreshCatalogue()
    }
    for (let page = 0; page < 3; page++) await shop.ask("DELETE", `/v1/items/aaa-${page}`)
    await shop.refreshCatalogue()
    expect(seen).toEqual(allSkus.slice(0, 21))
  })

  test("a page leaves out what sold out since, and goes on behind it", async () => {
    const customer = { userId: "late-pager" }
    const first = await shop.ask("POST", "/v1/recommend", { body: { customer, limit: 2 } })
    await shop.ask("POST", "/v1/items", { body: { items: [{ id: skuOf(2), title: "Sold out", stock: 0 }] } })
    await shop.refreshCatalogue()
    const after = first.json.decisionId
    const second = await shop.ask("POST", "/v1/recommend", { body: { customer, limit: 2, after } })
    expect(idsOf(second)).toEqual([skuOf(3), skuOf(4)])
    await shop.ask("POST", "/v1/items", { body: { items: [{ id: skuOf(2), title: "Back", category: ["skin"] }] } })
    await shop.refreshCatalogue()
  })

  test("another customer's decision is no page to go on from", async () => {
    const first = await shop.ask("POST", "/v1/recommend", { body: { customer: { userId: "a" } } })
    const body = { customer: { userId: "b" }, after: first.json.decisionId }
    expectProblem(await shop.ask("POST", "/v1/recommend", { body }), 404, "notFound")
  })

  test("filters by any of a field's values and all fields, and excludes", async () => {
    const filter = { category: ["skin"], attributes: { vegan: [true] } }
    const body = { customer: { userId: "f" }, filter, exclude: [skuOf(6)], limit: 100 }
    const expected = allSkus.filter((_, n) => n % 2 === 0 && n % 3 === 0 && n !== 6)
    expect(idsOf(await shop.ask("POST", "/v1/recommend", { body }))).toEqual(expected)
  })

  test("leaves out what the customer has, unless repeats are allowed", async () => {
    await buy("buyer", skuOf(0), skuOf(1))
    const customer = { userId: "buyer" }
    const fresh = await shop.ask("POST", "/v1/recommend", { body: { customer, limit: 100 } })
    expect(fresh.json.coldStart).toBe(false)
    expect(idsOf(fresh)).toEqual(allSkus.slice(2))
    const all = await shop.ask("POST", "/v1/recommend", { body: { customer, limit: 100, repeats: "allowed" } })
    expect(idsOf(all).sort()).toEqual(allSkus)
  })

  test("explains with sentences only when asked", async () => {
    const customer = { userId: "why" }
    const plain = await shop.ask("POST", "/v1/recommend", { body: { customer, limit: 1 } })
    expect((plain.json.items as object[])[0]).not.toHaveProperty("reasons")
    const explained = await shop.ask("POST", "/v1/recommend", { body: { customer, limit: 1, explain: true } })
    expect((explained.json.items as { reasons: object[] }[])[0]!.reasons).toEqual([
      { code: "new", text: "New in the shop" },
    ])
  })
})

describe("rank", () => {
  test("orders what was given, each once, without what the shop lacks", async () => {
    const items = [skuOf(5), "unknown", skuOf(3), skuOf(5)]
    const answer = await shop.ask("POST", "/v1/rank", { body: { customer: { userId: "r" }, items } })
    expect(idsOf(answer)).toEqual([skuOf(5), skuOf(3)])
    const { json } = await shop.ask("GET", `/v1/decisions/${answer.json.decisionId}`)
    expect(json).toMatchObject({ verb: "rank" })
  })

  test("puts last what the customer has, as the placement excludes repeats, and leaves it out only when asked", async () => {
    await buy("ranked", skuOf(3))
    const customer = { userId: "ranked" }
    const rank = async (body: object) =>
      idsOf(await shop.ask("POST", "/v1/rank", { body: { customer, items: [skuOf(3), skuOf(5)], ...body } }))
    expect(await rank({})).toEqual([skuOf(5), skuOf(3)])
    expect(await rank({ repeats: "excluded" })).toEqual([skuOf(5)])
    await shop.ask("PUT", "/v1/policies/search", { body: { repeats: "allowed" } })
    await expect.poll(() => shop.services.policies.of("search").repeats).toBe("allowed")
    expect(await rank({ placement: "search" })).toEqual([skuOf(3), skuOf(5)])
  })
})

describe("a recipe", () => {
  const customer = { userId: "cook" }
  const ask = (body: object) => shop.ask("POST", "/v1/recommend", { body: { customer, ...body } })

  test("answers what was bought and what was viewed, each by itself", async () => {
    await buy("cook", skuOf(4))
    await track({ userId: "cook", event: "Product Viewed", properties: { product_id: skuOf(7) } })
    const again = await ask({ recipe: "buyAgain", explain: true })
    const viewed = await ask({ recipe: "recentlyViewed", explain: true })
    expect([viewed.json.recipe, idsOf(viewed)]).toEqual(["recentlyViewed", [skuOf(7)]])
    expect((viewed.json.items as { reasons: object[] }[])[0]!.reasons).toMatchObject([{ text: "You looked at it" }])
    // Just ordered: it is on its way, and the next recipe answers.
    expect(again.json.recipe).toBe("forYou")
    expect(idsOf(again)).not.toContain(skuOf(4))
  })

  test("leaves out the items it is asked beside, and goes on on the next page", async () => {
    const body = { recipe: "complements", items: [skuOf(0), skuOf(1)], limit: 5 }
    const first = await ask(body)
    const second = await ask({ ...body, after: first.json.decisionId })
    const both = [...idsOf(first), ...idsOf(second)]
    expect(new Set(both).size).toBe(10)
    expect(both).not.toEqual(expect.arrayContaining([skuOf(0)]))
    expect(second.json.recipe).toBe(first.json.recipe)
  })

  test("is the placement's where the request names none", async () => {
    await shop.ask("PUT", "/v1/policies/looked-at", { key: "manage", body: { recipe: "recentlyViewed" } })
    expect((await ask({ placement: "looked-at" })).json.recipe).toBe("recentlyViewed")
    expect((await ask({ placement: "looked-at", recipe: "popular" })).json.recipe).toBe("popular")
    expect((await ask({ placement: "looked-at", repeats: "excluded" })).json.recipe).toBe("discover")
  })

  test("and a repeat policy together are refused", async () => {
    expectProblem(await ask({ recipe: "forYou", repeats: "allowed" }), 400, "invalidRequest")
  })
})

describe("rotation", () => {
  const hourMs = 3_600_000
  const ask = async (body: object) => idsOf(await shop.ask("POST", "/v1/recommend", { body: { limit: 4, ...body } }))

  test("brings another list on the next visit, never within one, and only where it was shown", async () => {
    const customer = { userId: "passer-by" }
    const first = await ask({ customer, placement: "home" })
    expect(await ask({ customer, placement: "home" })).toEqual(first)
    shop.advance(hourMs)
    const elsewhere = await ask({ customer, placement: "weekly-email" })
    expect(elsewhere).toEqual(first)
    const second = await ask({ customer, placement: "home" })
    expect(second.filter((id) => first.includes(id))).toHaveLength(2)
    expect(await ask({ customer: { userId: "someone-else" }, placement: "home" })).toEqual(first)
  })

  test("spares what the customer looked at, and is the same in a page's call", async () => {
    const customer = { userId: "looker" }
    const first = await ask({ customer, placement: "home" })
    await track({ userId: "looker", event: "Product Viewed", properties: { product_id: first[0] } })
    shop.advance(hourMs)
    const lists = [{ placement: "home", limit: 4 }]
    const { json } = await shop.ask("POST", "/v1/recommend/page", { body: { customer, lists } })
    const second = (json.lists as { items: { id: string }[] }[])[0]!.items.map(({ id }) => id)
    expect(second).toContain(first[0])
    expect(second.filter((id) => first.slice(1).includes(id)).length).toBeLessThan(3)
    expect(second).toEqual(await ask({ customer, placement: "home" }))
  })

  test("ends with the policy's days, and where these are none there is none", async () => {
    const customer = { userId: "regular" }
    await shop.ask("PUT", "/v1/policies/steady", { key: "manage", body: { rotationDays: 0 } })
    const [rotated, steady] = [await ask({ customer, placement: "home" }), await ask({ customer, placement: "steady" })]
    shop.advance(hourMs)
    expect(await ask({ customer, placement: "steady" })).toEqual(steady)
    shop.advance(15 * 24 * hourMs)
    expect(await ask({ customer, placement: "home" })).toEqual(rotated)
  })
})
describe("similar", () => {
  test("fills up to the limit, without the item itself", async () => {
    const answer = await shop.ask("GET", `/v1/items/${skuOf(0)}/similar?limit=5`, { key: "write" })
    expect(idsOf(answer)).toHaveLength(5)
    expect(idsOf(answer)).not.toContain(skuOf(0))
  })

  test("takes a filter and exclusions, and says which recipe answered", async () => {
    const filter = encodeURIComponent(JSON.stringify({ price: { min: 10, max: 14 }, not: { category: ["hair"] } }))
    const query = `limit=9&filter=${filter}&exclude=${skuOf(12)}&exclude=${skuOf(13)}`
    const answer = await shop.ask("GET", `/v1/items/${skuOf(0)}/similar?${query}`)
    expect(idsOf(answer).sort()).toEqual([skuOf(10), skuOf(14)])
    expect(answer.json.recipe).toBe("discover")
  })

  test("refuses a filter that is none", async () => {
    for (const filter of ["{", '{"prize":{}}', '{"price":{"min":2,"max":1}}'])
      expectProblem(
        await shop.ask("GET", `/v1/items/${skuOf(0)}/similar?filter=${encodeURIComponent(filter)}`),
        400,
        "invalidRequest",
      )
  })

  test("of an item the catalogue lacks is a problem", async () => {
    expectProblem(await shop.ask("GET", "/v1/items/nothing/similar"), 404, "notFound")
  })
})

describe("a public key", () => {
  const ask = (customer: object) => shop.ask("POST", "/v1/recommend", { key: "write", body: { customer } })

  test("may ask about an anonymous customer", async () => {
    await track({ anonymousId: "visitor", event: "Product Viewed", properties: { product_id: skuOf(0) } })
    expect((await ask({ anonymousId: "visitor" })).status).toBe(200)
  })

  test("may ask about an identified customer only with a customer token", async () => {
    await buy("known", skuOf(0))
    expectProblem(await ask({ userId: "known" }), 403, "customerTokenRequired")
    const { json } = await shop.ask("POST", "/v1/customer-tokens", {
      key: "read",
      body: { customer: { userId: "known" } },
    })
    expectProblem(await ask({ customerId: json.customerId }), 403, "customerTokenRequired")
    const answer = await ask({ token: json.token })
    expect(answer.json).toMatchObject({ customerId: json.customerId, coldStart: false })
  })

  test("cannot use a token that expired, was altered or was made up", async () => {
    const body = { customer: { userId: "known" }, ttlSeconds: 60 }
    const { json } = await shop.ask("POST", "/v1/customer-tokens", { key: "ingest", body })
    const token = json.token as string
    const [payload, signature] = token.split(".") as [string, string]
    const other = Buffer.from(JSON.stringify(["0190b6a4-0000-7000-8000-000000000000", 9e15])).toString("base64url")
    for (const forged of [`${other}.${signature}`, `${payload}.AAAA`, payload, "x.y", "..", `${token}.`]) {
      expectProblem(await ask({ token: forged }), 403, "invalidCustomerToken")
    }
    expect((await ask({ token })).status).toBe(200)
    shop.advance(61_000)
    expectProblem(await ask({ token }), 403, "invalidCustomerToken")
  })

  test("gets no token of somebody by attaching its anonymousId to them", async () => {
    await buy("prey", skuOf(0))
    const body = { userId: "prey", anonymousId: "hunter", event: "Page Viewed" }
    await shop.ask("POST", "/v1/track", { key: "write", body })
    const token = () =>
      shop.ask("POST", "/v1/customer-tokens", { key: "read", body: { customer: { anonymousId: "hunter" } } })
    expectProblem(await token(), 400, "invalidRequest")
    expectProblem(await ask({ anonymousId: "hunter" }), 403, "customerTokenRequired")
    await shop.ask("POST", "/v1/track", { key: "ingest", body })
    expect((await token()).status).toBe(200)
  })

  test("cannot make a token, and no token lasts longer than a day", async () => {
    const body = { customer: { userId: "known" } }
    expectProblem(await shop.ask("POST", "/v1/customer-tokens", { key: "write", body }), 403, "forbidden")
    const long = { ...body, ttlSeconds: 86_401 }
    expectProblem(await shop.ask("POST", "/v1/customer-tokens", { key: "read", body: long }), 400, "invalidRequest")
  })
})

import { afterAll, describe, expect, test } from "vitest"
import { maxFeedBytes } from "../../src/core/content/content-feed.ts"
import { expectProblem } from "../contracts/route.ts"
import { breakDatabase } from "../support/breakable-database.ts"
import { createTestDatabase } from "../support/database.ts"
import { openMailShop } from "../support/mail-shop.ts"
import { openTestApp } from "../support/test-app.ts"

const { shop, ask, withOffer } = await openMailShop({ publicUrl: "https://shop-api.example" })
afterAll(() => shop.close())

describe("Braze Connected Content", () => {
  test("asks again and again for one customer, for each part of a mail and each retry, and gets the same bytes and one decision", async () => {
    const { json } = await shop.ask("POST", "/v1/customer-tokens", { body: { customer: { userId: "r-0" } } })
    const address = `/v1/content/weekly-email?customer=${json.token}&campaign=spring&locale=en&format=html`
    const basic = `Basic ${Buffer.from(`${shop.keys.read}:`).toString("base64")}`
    const answers = []
    for (let n = 0; n < 5; n++) answers.push(await ask(address, { authorization: basic }))
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1)
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200])
    expect(answers[0]!.headers.get("cache-control")).toBe("private, max-age=86400")
    const made = await shop.sql("select 1 from contents where campaign = 'spring' and format = 'html'")
    expect(made).toHaveLength(1)
  })

  test("logs the addresses it asks, so that an e-mail address in one is refused", async () => {
    expectProblem(
      await ask("/v1/content/weekly-email?customer=email:r-0@mail.example&campaign=spring"),
      400,
      "invalidRequest",
    )
  })

  test("waits two seconds: a database that is slower is not waited for, nothing is sold meanwhile, and the next call is answered", async () => {
    const database = await breakDatabase(await createTestDatabase())
    const slow = await openTestApp({ databaseUrl: database.url })
    try {
      const item = { id: "a", title: "A" }
      await slow.ask("POST", "/v1/items", { body: { items: [item] } })
      await slow.refreshCatalogue()
      database.slow(1200)
      const address = "/v1/content/weekly-email?customer=userId:r-0&campaign=spring"
      const { status, json, headers } = await slow.ask("GET", address, { key: "read" })
      expect({ status, fallback: json.fallback, items: (json.items as unknown[]).length }).toEqual({
        status: 200,
        fallback: true,
        items: 0,
      })
      expect(headers.get("cache-control")).toBe("no-store")
    } finally {
      database.heal()
      await slow.close()
      await database.close()
    }
  })
})

describe("an Iterable data feed", () => {
  test("gets one object with the names a template reads, whoever is asked about", async () => {
    const { answer } = await withOffer("r-1")
    for (const { json, headers } of [
      answer,
      await ask("/v1/content/weekly-email?customer=userId:stranger&campaign=c"),
    ]) {
      expect(headers.get("content-type")).toBe("application/json")
      expect(json).toMatchObject({ placement: "weekly-email", items: expect.any(Array), fallback: expect.any(Boolean) })
      const items = json.items as { item: { title: string; price: number } }[]
      expect(items[0]!.item).toMatchObject({ title: expect.any(String), price: expect.any(Number) })
    }
  })
})

describe("a Klaviyo web feed", () => {
  test("is polled with a public key in its address and holds nothing of anybody", async () => {
    const address = `/v1/content/weekly-email/feed?key=${shop.keys.write}&category=skin`
    const { status, json, headers } = await shop.ask("GET", address, { key: "none" })
    expect(status).toBe(200)
    expect(headers.get("cache-control")).toBe("public, max-age=300")
    expect((json.items as { item: { category: string[] } }[]).map(({ item }) => item.category)).toEqual([
      ["skin"],
      ["skin"],
      ["skin"],
      ["skin"],
    ])
    expect(await shop.sql("select 1 from decisions where placement = 'feed'")).toEqual([])
  })

  test("refuses a key in the address that must not be in a log", async () => {
    expectProblem(
      await shop.ask("GET", `/v1/content/weekly-email/feed?key=${shop.keys.read}`, { key: "none" }),
      403,
      "forbidden",
    )
    expectProblem(await shop.ask("GET", "/v1/content/weekly-email/feed", { key: "none" }), 401, "unauthenticated")
  })

  test("never exceeds the size that is read, however much the shop writes of its items", async () => {
    const other = await openTestApp()
    const items = Array.from({ length: 1000 }, (_, n) => ({
      id: `long-${n}`,
      title: "é".repeat(500),
      url: `https://shop.example/${"a".repeat(1900)}`,
      image: `https://shop.example/${"b".repeat(1900)}`,
    }))
    await other.ask("POST", "/v1/items", { body: { items } })
    await other.refreshCatalogue()
    const { text, json } = await other.ask("GET", "/v1/content/mail/feed?limit=1000", { key: "read" })
    await other.close()
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(maxFeedBytes)
    expect(Buffer.byteLength(text)).toBeGreaterThan(maxFeedBytes * 0.99)
    expect((json.items as unknown[]).length).toBeLessThan(1000)
  })
})

import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { createClickSigner } from "../../src/actions/click-token.ts"
import { maxFeedBytes } from "../../src/core/decision/content-feed.ts"
import { expectProblem } from "../contracts/route.ts"
import { breakDatabase } from "../support/breakable-database.ts"
import { createTestDatabase } from "../support/database.ts"
import { runCommand } from "../support/service-process.ts"
import { type Answer, openTestApp, type TestApp } from "../support/test-app.ts"

let shop: TestApp
const origin = "https://shop-api.example"

beforeAll(async () => {
  shop = await openTestApp()
  const items = Array.from({ length: 8 }, (_, n) => ({
    id: `sku-${n}`,
    title: `Item ${n}`,
    price: n + 0.5,
    currency: "EUR",
    category: [n % 2 ? "skin" : "hair"],
    url: `https://shop.example/p/${n}?a=1&b="2"`,
    image: `https://shop.example/p/${n}.png`,
  }))
  await shop.ask("POST", "/v1/items", { body: { items } })
  const treatment = {
    channels: ["email"],
    content: { headline: "For {{ customer.name }}", url: "https://shop.example/?x=1&amp;y=2" },
  }
  const offers = [{ id: "picks", kind: "recommendation", title: "For you", value: 90, treatments: [treatment] }]
  expect((await shop.ask("POST", "/v1/offers", { body: { offers } })).status).toBe(200)
  await shop.refreshCatalogue()
  for (let n = 0; n < 6; n++) await reader(`r-${n}`)
})
afterAll(() => shop.close())

async function reader(userId: string) {
  const traits = { name: `Reader "${userId}"`, email: `${userId}@mail.example` }
  await shop.ask("POST", "/v1/identify", { body: { userId, traits, messageId: `identify ${userId}` } })
  await shop.ask("PUT", `/v1/customers/userId:${userId}/consents/marketing`, {
    body: { granted: true, at: "2020-01-01T00:00:00Z", source: "form" },
  })
}

const ask = (address: string, headers: Record<string, string> = {}) =>
  shop.ask("GET", `${origin}${address}`, {
    key: "none",
    headers: { authorization: `Bearer ${shop.keys.read}`, ...headers },
  })

/** The first campaign in which the draw of this customer falls on an offer, as an e-mail tool would ask for it. */
async function withOffer(userId: string): Promise<{ answer: Answer; campaign: string }> {
  for (let draw = 0; draw < 200; draw++) {
    const campaign = `draw-${userId}-${draw}`
    const answer = await ask(`/v1/content/weekly-email?customer=userId:${userId}&campaign=${campaign}&locale=en`)
    if (answer.json.kind === "recommendation") return { answer, campaign }
  }
  throw new Error("no draw of 200 fell on the offer")
}

const linksIn = (html: string) => [...html.matchAll(/href="([^"]+)"/g)].map(([, address]) => address!)
const outcomesOf = async (decisionId: unknown) =>
  (await shop.ask("GET", `/v1/decisions/${decisionId}`)).json.outcomes as { outcome: string }[]

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

  test("waits two seconds: a database that is slower is not waited for, and answers the next call", async () => {
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
        items: 1,
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
      await ask("/v1/content/weekly-email?customer=userId:unknown&campaign=c"),
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

describe("a link of a mail", () => {
  test("leads to the item, and its decision's click is recorded once and activates it", async () => {
    const { answer, campaign } = await withOffer("r-2")
    const items = answer.json.items as { link: string; item: { url: string } }[]
    const html = await ask(`/v1/content/weekly-email?customer=userId:r-2&campaign=${campaign}&format=html`)
    expect(linksIn(html.text).length).toBeGreaterThan(items.length)
    for (const link of linksIn(html.text)) expect(link.startsWith(`${origin}/v1/c/`)).toBe(true)
    expect(await outcomesOf(answer.json.decisionId)).toEqual([])

    for (const { link, item } of [items[0]!, items[0]!, items[1]!]) {
      const followed = await shop.ask("GET", link, { key: "none" })
      expect(followed.status).toBe(302)
      expect(followed.headers.get("location")).toBe(new URL(item.url).href)
      expect(followed.headers.get("cache-control")).toBe("no-store")
    }
    expect(await outcomesOf(answer.json.decisionId)).toMatchObject([{ outcome: "click" }])
    const decision = (await shop.ask("GET", `/v1/decisions/${answer.json.decisionId}`)).json
    expect(decision.activatedAt).not.toBeNull()
  })

  test("is not needed where the tool tells what it delivered: that activates too", async () => {
    const { answer } = await withOffer("r-4")
    const { decisionId } = answer.json
    const body = { userId: "r-4", event: "Email Delivered", messageId: "delivered", properties: { decisionId } }
    await shop.ask("POST", "/v1/track", { body })
    expect(await outcomesOf(decisionId)).toMatchObject([{ outcome: "impression" }])
    expect((await shop.ask("GET", `/v1/decisions/${decisionId}`)).json.activatedAt).not.toBeNull()
  })

  test("of a treatment leads where its address says, unescaped", async () => {
    const { answer } = await withOffer("r-3")
    const offer = answer.json.offer as { link: string; contentIs: string }
    expect(offer.contentIs).toBe("html")
    const { headers } = await shop.ask("GET", offer.link, { key: "none" })
    expect(headers.get("location")).toBe("https://shop.example/?x=1&y=2")
  })

  test("counts nothing when it is only looked up", async () => {
    const { answer } = await withOffer("r-5")
    const { link } = (answer.json.items as { link: string }[])[0]!
    expect((await shop.ask("HEAD", link, { key: "none" })).status).toBe(302)
    expect(await outcomesOf(answer.json.decisionId)).toEqual([])
  })

  test("that was changed, or made by others, leads nowhere", async () => {
    const sign = await createClickSigner(shop.services)
    const [payload, signature] = sign({ decisionId: shop.services.newId(), address: "https://shop.example/" }).split(
      ".",
    )
    const forged = Buffer.from(JSON.stringify([shop.services.newId(), "https://evil.example/"])).toString("base64url")
    const flipped = `${signature!.startsWith("A") ? "B" : "A"}${signature!.slice(1)}`
    for (const token of [
      `${forged}.${signature}`,
      `${payload}.${flipped}`,
      `${payload}.`,
      `${payload}`,
      `${payload}.${signature}.x`,
    ])
      expectProblem(await shop.ask("GET", `/v1/c/${token}`, { key: "none" }), 404, "notFound")
    const ours = await shop.ask("GET", `/v1/c/${payload}.${signature}`, { key: "none" })
    expect([ours.status, ours.headers.get("location")]).toEqual([302, "https://shop.example/"])
  })
})

describe("the export of a campaign", () => {
  const exported = (rest: string, key: "admin" | "read" = "admin") =>
    shop.ask("GET", `/v1/campaigns/newsletter/export?placement=weekly-email${rest}`, { key })

  test("is a line for each customer who may be written to, and the same bytes again", async () => {
    await shop.ask("POST", "/v1/track", { body: { userId: "shy", event: "Page Viewed", messageId: "shy" } })
    const { text, headers } = await exported("")
    expect(headers.get("content-type")).toBe("application/x-ndjson")
    const rows = text
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line))
    expect(rows.map(({ userId }) => userId).sort()).toEqual(["r-0", "r-1", "r-2", "r-3", "r-4", "r-5"])
    for (const { userId, email, content } of rows) {
      expect(email).toBe(`${userId}@mail.example`)
      expect(content).toMatchObject({ campaign: "newsletter", fallback: false, decisionId: expect.any(String) })
    }
    expect((await exported("")).text).toBe(text)
    const single = await ask(`/v1/content/weekly-email?customer=userId:r-5&campaign=newsletter`)
    expect(single.json).toEqual(rows.find(({ userId }) => userId === "r-5").content)
  })

  test("is read back from CSV by the parser that imports", async () => {
    const { parse } = await import("csv-parse/sync")
    const { text } = await exported("&format=csv")
    const rows = parse(text, { columns: true }) as Record<string, string>[]
    expect(rows).toHaveLength(6)
    const html = await ask("/v1/content/weekly-email?customer=userId:r-5&campaign=newsletter&format=html")
    expect(rows.find(({ userId }) => userId === "r-5")!.html).toBe(html.text)
  })

  test("is what the command writes", async () => {
    const command = ["export", "campaign", "newsletter", "--placement", "weekly-email"]
    const settings = { DATABASE_URL: shop.databaseUrl, ALLOW_VOLATILE: "1" }
    expect(await runCommand(command, settings)).toBe((await exported("")).text.trim())
  })

  test("is for the shop itself: it holds everybody's e-mail addresses", async () => {
    expectProblem(await exported("", "read"), 403, "forbidden")
  })
})

test("content is forgotten after its lifetime, and asked for again decided anew", async () => {
  const address = "/v1/content/weekly-email?customer=userId:r-5&campaign=old"
  const before = await ask(address)
  expect((await ask(address)).text).toBe(before.text)
  expect(await shop.services.store.contents.forget(shop.services.clock() + 1000, 10_000)).toBeGreaterThanOrEqual(2)
  expect((await ask(address)).json.decisionId).not.toBe(before.json.decisionId)
})

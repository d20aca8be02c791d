import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { expectProblem } from "../../contracts/route.ts"
import { openTestApp } from "../../support/test-app.ts"

const shop = await openTestApp()
afterAll(() => shop.close())

const content = (customer: string, rest = "campaign=c1", placement = "weekly-email") =>
  shop.ask("GET", `/v1/content/${placement}?customer=${encodeURIComponent(customer)}&${rest}`, { key: "read" })
const consent = (name: string) =>
  shop.ask("PUT", `/v1/customers/${name}/consents/marketing`, {
    body: { granted: true, at: new Date(shop.services.clock()).toISOString(), source: "form" },
  })

beforeAll(async () => {
  const items = Array.from({ length: 6 }, (_, n) => ({
    id: `sku-${n}`,
    title: `Item <${n}>`,
    price: n,
    currency: "EUR",
  }))
  await shop.ask("POST", "/v1/items", { body: { items } })
  const script = {
    headline: "<script>alert(1)</script>",
    url: "javascript:alert(1)",
    image: "https://shop.example/a.png",
  }
  const offers = [
    { id: "picks", kind: "recommendation", title: "For you", value: 60, placements: ["weekly-email", "picks-email"] },
    { id: "sale", kind: "promotion", title: "Sale", value: 60, content: script, placements: ["sale-email"] },
  ]
  await shop.ask("POST", "/v1/offers", { body: { offers } })
  await shop.refreshCatalogue()
  for (let n = 0; n < 20; n++) await consent(`userId:reader-${n}`)
})

describe("content under one key", () => {
  test("is the same bytes ever after, in each format, whatever changes", async () => {
    const json = await content("userId:reader-0")
    const html = await content("userId:reader-0", "campaign=c1&format=html")
    expect(json.json.fallback).toBe(false)
    expect(html.headers.get("content-type")).toBe("text/html; charset=utf-8")
    await shop.ask("POST", "/v1/items", { body: { items: [{ id: "aaa", title: "New and first" }] } })
    await shop.refreshCatalogue()
    expect((await content("userId:reader-0")).text).toBe(json.text)
    expect((await content("userId:reader-0", "campaign=c1&format=html")).text).toBe(html.text)
  })

  test("is decided once, however many ask at the same moment", async () => {
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, n) => content("userId:reader-1", `campaign=c2&format=${n % 2 ? "json" : "html"}`)),
    )
    const bytes = new Set(answers.map(({ text }) => text))
    expect(bytes.size).toBe(2)
    const { customerId } = (await shop.ask("GET", "/v1/customers/userId:reader-1")).json
    const { json } = await shop.ask("GET", `/v1/customers/${customerId}/export`)
    expect((json.tables as { decisions: unknown[] }).decisions).toHaveLength(1)
  })

  test("is decided once though two servers are asked", async () => {
    const elsewhere = await openTestApp({ databaseUrl: shop.databaseUrl })
    const address = "/v1/content/weekly-email?customer=userId:reader-1&campaign=c5"
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, n) => (n % 2 ? shop : elsewhere).ask("GET", address)),
    )
    await elsewhere.close()
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1)
  })

  test("differs from that of another slot or campaign", async () => {
    const ids = new Set<unknown>()
    for (const rest of ["campaign=c3", "campaign=c4", "campaign=c4&slot=2"]) {
      ids.add((await content("userId:reader-2", rest)).json.decisionId)
    }
    expect(ids.size).toBe(3)
  })

  test("is reached by a customer token as by the identifier it was made for", async () => {
    const byName = await content("userId:reader-3")
    const { json } = await shop.ask("POST", "/v1/customer-tokens", { body: { customer: { userId: "reader-3" } } })
    expect((await content(json.token as string)).text).toBe(byName.text)
  })
})

test("a recommendation shows items, and what the shop wrote is escaped and its addresses are checked", async () => {
  const shown = async (placement: string, kind: string) => {
    for (let draw = 0; draw < 200; draw++) {
      const campaign = `campaign=draw-${draw}`
      const { json } = await content("userId:reader-4", campaign, placement)
      if (json.kind !== kind) continue
      return { json, html: (await content("userId:reader-4", `${campaign}&format=html`, placement)).text }
    }
    throw new Error(`no ${kind} in 200 draws`)
  }
  const picks = await shown("picks-email", "recommendation")
  expect(picks.json.items).toHaveLength(4)
  expect(picks.html).toContain("Item &lt;0&gt;")
  const { html: sale } = await shown("sale-email", "promotion")
  expect(sale).toContain("&lt;script&gt;")
  expect(sale).not.toContain("<script>")
  expect(sale).not.toContain("javascript:")
  expect(sale).toContain('src="https://shop.example/a.png"')
})

test("without consent a fallback is shown, kept by nobody, and a later call may succeed", async () => {
  const before = await content("userId:shy")
  expect(before.json).toMatchObject({ fallback: true, offer: null, decisionId: null })
  expect(before.json.items).toHaveLength(4)
  expect(before.headers.get("cache-control")).toBe("no-store")
  await consent("userId:shy")
  expect((await content("userId:shy")).json).toMatchObject({ fallback: false })
})

test("an e-mail address or phone number in the address is refused, however it is written", async () => {
  for (const name of ["email:a@b.c", "a@b.c", "userId:a@b.c", "phone:+39123"]) {
    expectProblem(await content(name), 400, "invalidRequest")
  }
  expectProblem(await content("userId:"), 400, "invalidRequest")
  expectProblem(await content("nobody"), 403, "invalidCustomerToken")
})

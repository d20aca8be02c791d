import { afterAll, beforeAll, expect, test } from "vitest"
import { openTestApp, type TestApp } from "../support/test-app.ts"

let shop: TestApp
beforeAll(async () => {
  shop = await openTestApp()
})
afterAll(() => shop.close())

interface Result {
  status: string
  customerId?: string
  reason?: string
}
const send = async (path: string, body: object) =>
  ((await shop.ask("POST", path, { key: "ingest", body })).json.results as Result[])[0]!
const identifiersOf = (customerId: string) => shop.services.store.customers.identifiersOf(customerId)

test("visitors who share a placeholder stay apart, keep what is their own, and their sender is told", async () => {
  const results = await Promise.all(
    ["a", "b", "c"].map((name) =>
      send("/v1/identify", { userId: "undefined", anonymousId: name, traits: { email: `${name}@shop.example` } }),
    ),
  )
  expect(new Set(results.map(({ customerId }) => customerId)).size).toBe(3)
  for (const { status, reason } of results) {
    expect(status).toBe("accepted")
    expect(reason).toContain('userId "undefined" identifies nobody')
  }
  expect(await identifiersOf(results[0]!.customerId!)).toEqual([
    { type: "anonymousId", value: "a" },
    { type: "email", value: "a@shop.example" },
  ])
})

test("a placeholder for an address joins no stranger to whoever had it first", async () => {
  const first = await send("/v1/identify", { userId: "known", traits: { email: "n/a", phone: "000000" } })
  const stranger = await send("/v1/identify", { anonymousId: "stranger", traits: { email: "N/A", phone: "000 000" } })
  expect(stranger.customerId).not.toBe(first.customerId)
  const aliased = await send("/v1/alias", { userId: "other", previousId: "null" })
  expect(aliased.reason).toContain('previousId "null" identifies nobody')
})

test("an event of nobody but a placeholder is rejected alone", async () => {
  const batch = [
    { type: "track", userId: "NaN", event: "Product Viewed" },
    { type: "track", userId: "real", event: "Product Viewed" },
  ]
  const { results } = (await shop.ask("POST", "/v1/batch", { key: "ingest", body: { batch } })).json
  const [bad, good] = results as Result[]
  expect(bad).toMatchObject({ status: "rejected" })
  expect(bad!.reason).toContain("identifies nobody")
  expect(good).toMatchObject({ status: "accepted" })
})

test("a question, a consent or a token for a placeholder is refused with a word on what to send", async () => {
  const customer = { userId: "[object Object]" }
  const channel = "email"
  for (const [method, path, body] of [
    ["POST", "/v1/recommend", { customer, placement: "home" }],
    ["POST", "/v1/decide", { customer, placement: "home", channel }],
    ["POST", "/v1/customer-tokens", { customer }],
    ["PUT", "/v1/customers/userId:null/consents/marketing", { granted: true, at: "2026-01-01T00:00:00Z", source: "x" }],
    ["GET", "/v1/content/weekly?customer=userId:undefined&campaign=c&slot=1", undefined],
  ] as const) {
    const answer = await shop.ask(method, path, { body })
    expect(answer.status, path).toBe(400)
    expect(answer.json.detail, path).toContain("identifies nobody")
  }
})

test("composed and decomposed spellings of one id are one customer", async () => {
  const [composed, decomposed] = ["Zoë".normalize("NFC"), "Zoë".normalize("NFD")]
  expect(composed).not.toBe(decomposed)
  const one = await send("/v1/track", { userId: composed, event: "Product Viewed" })
  const other = await send("/v1/track", { userId: decomposed, event: "Product Viewed" })
  expect(other.customerId).toBe(one.customerId)
})

import { afterAll, beforeAll, expect, test } from "vitest"
import { openTestApp } from "../support/test-app.ts"

const shop = await openTestApp()
afterAll(shop.close)

const offerIn = (currency: string, value: number) => ({
  id: `in-${currency}`,
  kind: "promotion",
  title: currency,
  value,
  valueOrganic: 2,
  cost: 1,
  currency,
  channels: ["web"],
})

interface Trace {
  currency: string
  options: { offerId: string | null; value: number; valueOrganic: number; cost: number }[]
  dropped: { offerId: string; stage: string; rule: string }[]
  exchangeRates?: unknown
}

async function decide() {
  const { json } = await shop.ask("POST", "/v1/decide", {
    body: { customer: { userId: "someone" }, placement: "home", channel: "web" },
  })
  const { json: decision } = await shop.ask("GET", `/v1/decisions/${json.decisionId}`)
  return { answer: json, trace: decision.trace as Trace }
}

let warned: unknown
beforeAll(async () => {
  await shop.ask("POST", "/v1/items", {
    body: { items: [{ id: "cream", title: "Cream", price: 20, currency: "EUR" }] },
  })
  await shop.refreshCatalogue()
  const offers = [offerIn("EUR", 10), offerIn("USD", 10), { ...offerIn("EUR", 2001), id: "cents" }]
  const { json } = await shop.ask("POST", "/v1/offers", { body: { offers } })
  warned = (json.results as { warnings?: string[] }[]).map(({ warnings = [] }) => warnings)
  await shop.refreshCatalogue()
})

test("an offer in a currency without a rate is not made, and both its upsert and the trace say so", async () => {
  expect(warned).toEqual([
    [],
    [expect.stringContaining("USD and not made")],
    ["`value` 2001 is more than 100 times the highest price of the catalogue, 20; check the unit"],
  ])
  const { answer, trace } = await decide()
  expect(answer.currency).toBe("EUR")
  expect(trace.currency).toBe("EUR")
  expect(trace.options.map(({ offerId }) => offerId).sort()).toEqual(["cents", "in-EUR", null])
  expect(trace.dropped).toMatchObject([{ offerId: "in-USD", stage: "available", rule: "currency" }])
})

test("with a rate it is weighed in the shop's currency, and the answer says by which", async () => {
  const exchangeRates = { date: "2026-11-27", rates: { USD: 0.5 } }
  await shop.ask("PUT", "/v1/settings", { body: { settings: { exchangeRates } } })
  await shop.ask("POST", "/v1/offers", { body: { offers: [offerIn("USD", 1900)] } })
  await shop.ask("DELETE", "/v1/offers/in-EUR")
  await shop.ask("DELETE", "/v1/offers/cents")
  await shop.refreshCatalogue()
  const answers = await Promise.all(Array.from({ length: 20 }, decide))
  const made = answers.find(({ answer }) => answer.offer !== null)!
  expect(made.trace.options.find(({ offerId }) => offerId === "in-USD")).toMatchObject({
    value: 1900 * 0.5,
    valueOrganic: 2 * 0.5,
    cost: 1 * 0.5,
  })
  expect(made.trace.exchangeRates).toEqual(exchangeRates)
  expect(made.answer).toMatchObject({
    currency: "EUR",
    exchangeRate: { from: "USD", rate: 0.5, date: "2026-11-27" },
  })
})

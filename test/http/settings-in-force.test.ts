import { afterAll, beforeAll, expect, test } from "vitest"
import { openTestApp, type TestApp } from "../support/test-app.ts"

let shop: TestApp
beforeAll(async () => {
  shop = await openTestApp()
  const settings = { timeZone: "Asia/Tokyo", currency: "JPY", locale: "ja" }
  await shop.ask("PUT", "/v1/settings", { body: { settings } })
})
afterAll(() => shop.close())

test("a policy that names no time zone is quiet and acts by the shop's, one that does by its own", async () => {
  const schedule = { at: "08:00" }
  const trigger = { id: "daily", when: { schedule }, channel: "email", locale: "ja" }
  const quiet = { from: "21:00", to: "08:00", channels: ["sms"] }
  const body = { triggers: [trigger], contact: { quietHours: quiet } }
  expect((await shop.ask("PUT", "/v1/policies/tokyo", { body })).status).toBe(200)
  const rome = { contact: { quietHours: { ...quiet, timeZone: "Europe/Rome" } } }
  expect((await shop.ask("PUT", "/v1/policies/rome", { body: rome })).status).toBe(200)
  const { policies } = shop.services
  expect(policies.of("tokyo").triggers[0]!.when).toEqual({ schedule: { at: "08:00", timeZone: "Asia/Tokyo" } })
  expect(policies.of("tokyo").contact.quietHours?.timeZone).toBe("Asia/Tokyo")
  expect(policies.of("rome").contact.quietHours?.timeZone).toBe("Europe/Rome")
  expect(policies.of("tokyo")).toBe(policies.of("tokyo"))

  const decision = await shop.ask("POST", "/v1/decide", {
    body: { customer: { userId: "ann" }, placement: "tokyo", channel: "web" },
  })
  const { trace } = (await shop.ask("GET", `/v1/decisions/${decision.json.decisionId}`)).json
  expect(trace).toMatchObject({ timeZone: "Asia/Tokyo" })
})

test("offers without a currency are in the shop's, and questions without a locale in its language", async () => {
  const offer = { id: "gift", kind: "promotion", title: "Gift", value: 500 }
  const treatments = [{ content: { headline: "For everybody" } }, { locale: "ja", content: { headline: "皆様へ" } }]
  const offers = [
    { ...offer, treatments },
    { ...offer, id: "own", currency: "USD" },
  ]
  await shop.ask("POST", "/v1/offers", { body: { offers } })
  const stored = (await shop.ask("GET", "/v1/offers")).json.offers as { id: string; currency: string }[]
  expect(stored.map(({ id, currency }) => [id, currency])).toEqual([
    ["gift", "JPY"],
    ["own", "USD"],
  ])
  await shop.ask("DELETE", "/v1/offers/own")
  await shop.refreshCatalogue()
  const ask = async (context: object) =>
    (
      await shop.ask("POST", "/v1/decide", {
        body: { customer: { userId: "bob" }, placement: "home", channel: "web", context },
      })
    ).json.offer
  // A draw now and then answers nothing, to learn.
  await expect.poll(() => ask({})).toMatchObject({ content: { headline: "皆様へ" } })
  await expect.poll(() => ask({ locale: "it" })).toMatchObject({ content: { headline: "For everybody" } })
})

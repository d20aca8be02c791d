import { afterAll, expect, test } from "vitest"
import { expectProblem } from "../contracts/route.ts"
import { openTestApp } from "../support/test-app.ts"

const shop = await openTestApp()
afterAll(() => shop.close())

const offer = (given: object) => ({ id: "a", kind: "promotion", title: "A", value: 1, ...given })

test.each([
  ["offers", offer({ value: 1.7e308 })],
  ["offers", offer({ value: -1e9 - 1 })],
  ["offers", offer({ valueOrganic: 1e10 })],
  ["offers", offer({ cost: 1e9 + 1 })],
  ["items", { id: "i", title: "I", price: 1e10 }],
  ["items", { id: "i", title: "I", margin: -1e10 }],
])("money beyond a billion is refused: %s %j", async (noun, document) => {
  const { status, json } = await shop.ask("POST", `/v1/${noun}`, { body: { [noun]: [document] } })
  if (status === 200) expect(json).toMatchObject({ upserted: 0 })
  else expect(status).toBe(400)
})

test.each([
  { rewardBounds: { low: -1.7e308, high: 1.7e308 } },
  { budget: { amount: 1e10, currency: "EUR" } },
  { fatigue: { perContact: { web: 1e300 }, windowHours: 168 } },
])("a policy with money beyond a billion is refused: %j", async (policy) => {
  expectProblem(await shop.ask("PUT", "/v1/policies/home", { body: policy }), 400, "invalidRequest")
})

test("what was stored before there were bounds is decided, read and replayed in numbers", async () => {
  const huge = offer({ id: "huge", value: 1.7e308, valueOrganic: 1.7e308, cost: 1e300, currency: "EUR", content: {} })
  const least = { ...huge, id: "least", value: -1.7e308 }
  for (const one of [huge, least, offer({ id: "plain", value: 40, cost: 0, currency: "EUR", content: {} })])
    await shop.sql(`insert into offers values ('${one.id}', '${JSON.stringify(one)}', now())`)
  const policy = {
    rewardBounds: { low: -1.7e308, high: 1.7e308 },
    fatigue: { perContact: { web: 1e300 }, windowHours: 168 },
  }
  await shop.sql(`insert into policies values ('old', 1, 'old-1', '${JSON.stringify(policy)}', now())`)
  await shop.refreshCatalogue()
  await shop.services.policies.refresh()
  for (let n = 0; n < 5; n++) {
    const body = { customer: { userId: "u-1" }, placement: "old", channel: "web", explain: true }
    const { status, json } = await shop.ask("POST", "/v1/decide", { body })
    expect(status).toBe(200)
    expect(json.selectionProbability).toBeGreaterThan(0)
    expect((await shop.ask("GET", `/v1/decisions/${json.decisionId}`)).status).toBe(200)
    expect((await shop.ask("GET", `/v1/decisions/${json.decisionId}/replay`)).json).toMatchObject({ identical: true })
  }
})

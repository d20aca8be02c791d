import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { customerArm } from "../../src/actions/customers/customer-arm.ts"
import type { DecisionTrace } from "../../src/core/decision/trace.ts"
import { openTestApp } from "../support/test-app.ts"

const shop = await openTestApp({ environment: { HOLDOUT_SHARE: "0.5" } })
afterAll(() => shop.close())

const customers = Array.from({ length: 24 }, (_, n) => `shopper-${n}`)
const armOf = async (userId: string) => {
  const { customerId } = await shop.services.store.customers.read({ type: "userId", value: userId })
  return customerArm(shop.services, customerId).name
}
const inArm = async (arm: string) => {
  const found = await Promise.all(customers.map(async (userId) => ({ userId, arm: await armOf(userId) })))
  return found.filter((one) => one.arm === arm).map(({ userId }) => userId)
}
const decide = async (userId: string, rest: object = {}) =>
  (
    await shop.ask("POST", "/v1/decide", {
      key: "read",
      body: { customer: { userId }, placement: "home", channel: "web", ...rest },
    })
  ).json
const read = async (id: unknown) => (await shop.ask("GET", `/v1/decisions/${id}`, { key: "read" })).json
const track = (userId: string, event: string, properties: object = {}) =>
  shop.ask("POST", "/v1/track", {
    key: "ingest",
    body: {
      userId,
      event,
      properties,
      messageId: `${userId} ${event} ${JSON.stringify(properties)}`,
      timestamp: new Date(shop.services.clock()).toISOString(),
    },
  })

beforeAll(async () => {
  const items = [
    { id: "cream", title: "Cream", price: 10, currency: "EUR" },
    { id: "soap", title: "Soap", price: 4, currency: "EUR" },
  ]
  await shop.ask("POST", "/v1/items", { body: { items } })
  const offers = [
    { id: "sale", kind: "promotion", title: "Sale", value: 30 },
    { id: "gift", kind: "extra", title: "Gift", value: 60, placements: ["gifts"] },
    { id: "sorry", kind: "recovery", title: "Sorry", value: 20 },
  ]
  await shop.ask("POST", "/v1/offers", { body: { offers } })
  await shop.refreshCatalogue()
  const at = new Date(shop.services.clock()).toISOString()
  for (const userId of customers)
    await shop.ask("PUT", `/v1/customers/userId:${userId}/consents/marketing`, {
      body: { granted: true, at, source: "form" },
    })
})

test("half of the customers are held out, and stay so", async () => {
  const held = await inArm("holdout")
  expect(held.length).toBeGreaterThan(4)
  expect(held.length).toBeLessThan(20)
  shop.advance(1000)
  expect(await inArm("holdout")).toEqual(held)
})

describe("a held-out customer", () => {
  test("is offered nothing by decide, which says so in the trace, the record and for operators", async () => {
    for (const userId of (await inArm("holdout")).slice(0, 4)) {
      const answer = await decide(userId, { explain: true })
      expect(answer).toMatchObject({ kind: "nothing", offer: null, selectionProbability: 1 })
      expect(answer.explanation).toContainEqual(expect.objectContaining({ code: "holdout" }))
      const recorded = await read(answer.decisionId)
      expect(recorded.arm).toBe("holdout")
      const { arm, options } = recorded.trace as DecisionTrace
      expect(arm).toMatchObject({ name: "holdout", holdoutShare: 0.5, standardShare: 0.5 })
      expect(options.find(({ offerId }) => offerId === "sale")).toMatchObject({ probability: 0 })
      const again = (await shop.ask("GET", `/v1/decisions/${answer.decisionId}/replay`, { key: "read" })).json
      expect(again).toMatchObject({ identical: true, differences: [] })
    }
  })

  test("is given no extra", async () => {
    const [userId] = await inArm("holdout")
    expect(await decide(userId!, { placement: "gifts" })).toMatchObject({ kind: "nothing" })
    const [other] = await inArm("standard")
    expect(await decide(other!, { placement: "gifts" })).toMatchObject({ kind: "extra" })
  })

  test("goes on to be recommended what they may want, in an answer that carries their arm", async () => {
    const [userId] = await inArm("holdout")
    const { json } = await shop.ask("POST", "/v1/recommend", { key: "read", body: { customer: { userId } } })
    expect(json.items).toHaveLength(2)
    expect(await read(json.decisionId)).toMatchObject({ verb: "recommend", arm: "holdout" })
  })

  test("goes on to be served: a recovery answers their complaint", async () => {
    const [, userId] = await inArm("holdout")
    await track(userId!, "Complaint Opened", { caseId: "c-1" })
    expect(await decide(userId!)).toMatchObject({ kind: "recovery" })
  })

  test("reads mails that sell nothing, neither of their own nor as a fallback", async () => {
    const held = (await inArm("holdout")).slice(2, 6)
    const content = (userId: string, placement: string) =>
      shop.ask("GET", `/v1/content/${placement}?customer=userId:${userId}&campaign=c1`, { key: "read" })
    for (const userId of held) {
      expect((await content(userId, "weekly-email")).json).toMatchObject({ kind: "nothing", offer: null, items: [] })
      // Where no offer stands at all, the fallback would show what is popular.
      await shop.ask("PUT", "/v1/policies/empty-email", { body: { offers: { ids: ["none"] } } })
      await shop.services.policies.refresh()
      expect((await content(userId, "empty-email")).json).toMatchObject({ fallback: true, items: [], offer: null })
    }
    const [other] = await inArm("standard")
    expect((await content(other!, "empty-email")).json.items).toHaveLength(2)
  })

  test("has no line in the file of a campaign, as others have", async () => {
    const file = await shop.ask("GET", "/v1/campaigns/c9/export?placement=weekly-email&format=jsonl", { key: "manage" })
    const held = new Set(await inArm("holdout"))
    const lines = file.text
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as { userId: string })
    expect(lines.length).toBeGreaterThan(0)
    expect(lines.filter(({ userId }) => held.has(userId))).toEqual([])
  })

  test("keeps their arm when a younger customer joins them", async () => {
    const [userId] = (await inArm("holdout")).slice(-1)
    const before = (await shop.services.store.customers.read({ type: "userId", value: userId! })).customerId
    await shop.ask("POST", "/v1/identify", { key: "ingest", body: { anonymousId: "phone", messageId: "phone" } })
    await shop.ask("POST", "/v1/identify", {
      key: "ingest",
      body: { userId, anonymousId: "phone", messageId: "joins" },
    })
    const joined = await shop.services.store.customers.read({ type: "anonymousId", value: "phone" })
    expect(joined.customerId).toBe(before)
    expect(customerArm(shop.services, joined.customerId).name).toBe("holdout")
  })
})

test("health says the share and until when it holds", async () => {
  const { json } = await shop.ask("GET", "/health")
  const { share, quarter, until } = json.holdout as { share: number; quarter: string; until: string }
  expect(share).toBe(0.5)
  expect(quarter).toMatch(/^\d{4}-Q[1-4]$/)
  expect(Date.parse(until)).toBeGreaterThan(shop.services.clock())
})

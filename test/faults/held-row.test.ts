import { setTimeout as sleep } from "node:timers/promises"
import postgres from "postgres"
import { afterAll, beforeAll, expect, test, vi } from "vitest"
import { expectProblem } from "../contracts/route.ts"
import { openTestApp, type TestApp } from "../support/test-app.ts"

let shop: TestApp
let holder: postgres.Sql

beforeAll(async () => {
  shop = await openTestApp()
  holder = postgres(shop.databaseUrl, { max: 1 })
  await shop.ask("POST", "/v1/items", { body: { items: [{ id: "a", title: "a" }] } })
  await shop.ask("POST", "/v1/offers", { body: { offers: [{ id: "o", kind: "promotion", title: "O", value: 5 }] } })
  await shop.refreshCatalogue()
  // Who asks is all but sure to get the offer, and so to book it.
  const body = { explorationCostShare: 0.0001, rewardBounds: { low: 0, high: 0.5 } }
  const put = (await shop.ask("PUT", "/v1/policies/home", { body })).json
  await vi.waitFor(() => expect(shop.services.policies.of("home").version).toBe(put.version), { timeout: 5000 })
})
afterAll(async () => {
  await holder.end()
  await shop.close()
})

const customers = Array.from({ length: 20 }, (_, n) => ({ anonymousId: `other-${n}` }))
const recommend = async (customer: object) => (await shop.ask("POST", "/v1/recommend", { body: { customer } })).json
const decide = async (customer: object) =>
  (await shop.ask("POST", "/v1/decide", { body: { customer, placement: "home", channel: "web" } })).json

/** Does something while another session holds the rows of a statement. */
async function holding<T>(statement: string, work: () => Promise<T>): Promise<T> {
  const session = await holder.reserve()
  try {
    await session.unsafe("begin")
    expect(await session.unsafe(statement)).not.toHaveLength(0)
    return await work()
  } finally {
    await session.unsafe("rollback")
    session.release()
  }
}

test("a held row refuses who needs it, again and again, and nobody else", async () => {
  const held = { anonymousId: "held" }
  const { decisionId, kind } = await decide(held)
  expect(kind).toBe("promotion")
  const outcome = (messageId: string) =>
    shop.ask("POST", `/v1/decisions/${decisionId}/outcome`, {
      body: { outcome: "click", at: new Date().toISOString(), messageId },
    })
  await holding("select * from contacts for update", async () => {
    const refused = Array.from({ length: 4 }, (_, n) => outcome(`m-${n}`))
    const answers = []
    for (const customer of customers) answers.push(await recommend(customer), await decide(customer))
    expect(answers.filter(({ degraded }) => degraded)).toEqual([])
    for (const answer of await Promise.all(refused)) {
      expectProblem(answer, 503, "unavailable")
      expect(answer.json.detail).toContain("others are changing the same customer")
      expect(answer.headers.get("retry-after")).toBe("1")
    }
    expect((await recommend(held)).degraded).toBe(false)
  })
  expect((await outcome("m-0")).json).toEqual({ status: "recorded" })
})

test("a reservation that waits for a held row harms none that is made beside it", async () => {
  const held = { anonymousId: "held" }
  const answers = await holding("select * from contacts for update", () =>
    Promise.all([decide(held), ...customers.map((_, n) => decide({ anonymousId: `new-${n}` }))]),
  )
  expect(answers.map(({ degraded }) => degraded)).toEqual([true, ...customers.map(() => false)])
})

test("a customer whose row stays locked is answered from memory while decisions of others are made without a break", async () => {
  const held = { anonymousId: "held" }
  const { reserving, again } = await holding("select * from contacts for update", async () => {
    const reserving = await Promise.all([
      decide(held),
      ...customers.map((_, n) => decide({ anonymousId: `next-${n}` })),
    ])
    let isAsking = true
    const asking = (async () => {
      const answers = []
      while (isAsking) answers.push(await decide(held))
      return answers
    })()
    const others = []
    for (const [n] of customers.entries()) others.push(await decide({ anonymousId: `later-${n}` }))
    isAsking = false
    return { reserving, again: { held: await asking, others } }
  })
  expect(reserving.map(({ degraded }) => degraded)).toEqual([true, ...customers.map(() => false)])
  expect(new Set(again.held.map(({ degraded }) => degraded))).toEqual(new Set([true]))
  expect(again.others.map(({ kind, degraded }) => [kind, degraded])).toEqual(customers.map(() => ["promotion", false]))
})

test("an event whose customer is locked for a moment is recorded by the call that sent it", async () => {
  const call = (messageId: string) => ({ type: "track", userId: "held", messageId, event: "Product Viewed" })
  await shop.ask("POST", "/v1/batch", { body: { batch: [call("held-before")] } })
  const tracked = await holding("select * from profiles for update", async () => {
    const track = shop.ask("POST", "/v1/track", { body: call("held-meanwhile") })
    // Longer than one wait for a lock, shorter than the patience of an event.
    await sleep(600)
    return { track }
  })
  expect((await tracked.track).json.results).toMatchObject([{ status: "accepted" }])
})

test("an event that waits for a held row harms none that is recorded beside it", async () => {
  const call = (userId: string) => ({ type: "track", userId, messageId: userId, event: "Product Viewed" })
  await shop.ask("POST", "/v1/batch", { body: { batch: [{ ...call("held"), messageId: "first" }] } })
  const track = (userId: string) => shop.ask("POST", "/v1/track", { body: call(userId) })
  const answers = await holding("select * from profiles for update", () =>
    Promise.all(["held", "free-1", "free-2"].map(track)),
  )
  expect(answers.map(({ status }) => status)).toEqual([503, 200, 200])
  expect((await track("held")).json.results).toMatchObject([{ status: "accepted" }])
})

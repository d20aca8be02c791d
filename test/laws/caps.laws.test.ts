import fc from "fast-check"
import postgres from "postgres"
import { afterAll, beforeAll, expect, test } from "vitest"
import { outcomes } from "../../src/core/history/outcome.ts"
import { newId } from "../../src/start/new-id.ts"
import { openTestApp } from "../support/test-app.ts"

const shop = await openTestApp()
const database = postgres(shop.databaseUrl, { max: 1 })
afterAll(async () => {
  await database.end()
  await shop.close()
})

const minuteMs = 60_000
const hourMs = 60 * minuteMs
const heldMs = hourMs
const cap = { limit: 2, windowHours: 24 }
const budget = 0.5
const cost = 0.1
const volume = 4

beforeAll(async () => {
  const offer = { kind: "extra", title: "A gift", value: 9, cost }
  const offers = [
    { ...offer, id: "first", volume: { made: volume } },
    { ...offer, id: "second" },
  ]
  await shop.ask("POST", "/v1/offers", { body: { offers } })
  await shop.refreshCatalogue()
  const policy = {
    contact: {
      caps: [{ id: "two-a-day", ...cap }],
      pauses: [],
      dismissalCooldownHours: 0,
      theme: null,
      quietHours: null,
    },
    budget: { amount: budget, currency: "EUR" },
    expiresAfterMinutes: { onSite: heldMs / minuteMs, offSite: heldMs / minuteMs },
  }
  expect((await shop.ask("PUT", "/v1/policies/default", { body: policy })).status).toBe(200)
})

/** Times that callers claim, as a distance from the server's clock or as a date. */
const claims = fc.oneof(
  fc.constantFrom("0000-01-01T00:00:00Z", "1970-01-01T00:00:00Z", "2001-01-01T00:00:00Z", "9999-12-31T23:59:59Z"),
  fc.integer({ min: -30 * 24 * 60, max: 30 * 24 * 60 }).map((minutes) => minutes * minuteMs),
  fc.constant(0),
)
const step = fc.oneof(
  { arbitrary: fc.record({ do: fc.constant("decide" as const), who: fc.nat(1), placement: fc.nat(5) }), weight: 4 },
  {
    arbitrary: fc.record({
      do: fc.constantFrom("activate" as const, "outcome" as const, "track" as const),
      which: fc.nat(20),
      claim: claims,
      outcome: fc.constantFrom(...outcomes),
    }),
    weight: 4,
  },
  {
    arbitrary: fc.record({
      do: fc.constant("wait" as const),
      minutes: fc.constantFrom(1, 20, 61, 300, 23 * 60, 25 * 60, 31 * 24 * 60),
    }),
    weight: 2,
  },
)

interface Made {
  id: string
  customer: string
  offerId: string
  at: number
  expiresAt: number
  /** Time at which its use was reported to the server. */
  usedAt: number | null
}

/** Runs steps on an empty budget; every offer that was made, with the server's times. */
async function run(steps: readonly (typeof step extends fc.Arbitrary<infer S> ? S : never)[]): Promise<Made[]> {
  await database`truncate supplies, supply_holds`
  await shop.services.policies.refresh()
  const customers = [newId(), newId()]
  const made: Made[] = []
  for (const one of steps) {
    if (one.do === "wait") shop.advance(one.minutes * minuteMs)
    else if (one.do === "decide") {
      const customer = customers[one.who]!
      const body = { customer: { anonymousId: customer }, placement: `made-up-${one.placement}`, channel: "web" }
      const { json } = await shop.ask("POST", "/v1/decide", { key: "write", body })
      const offer = json.offer as { id: string } | null
      if (offer === null) continue
      const [row] = await database<
        { at: Date }[]
      >`select at from decision_index where id = ${json.decisionId as string}`
      const at = row!.at.getTime()
      made.push({
        id: json.decisionId as string,
        customer,
        offerId: offer.id,
        at,
        expiresAt: at + heldMs,
        usedAt: null,
      })
    } else if (made.length > 0) await answer(made[one.which % made.length]!, one)
  }
  return made
}

async function answer(one: Made, { do: how, claim, outcome }: { do: string; claim: string | number; outcome: string }) {
  const nowMs = shop.services.clock()
  const at = typeof claim === "string" ? claim : new Date(nowMs + claim).toISOString()
  const body = {
    activate: { at },
    outcome: { at, outcome, messageId: newId() },
    track: {
      type: "track",
      anonymousId: one.customer,
      event: "Promotion Viewed",
      timestamp: at,
      properties: { decisionId: one.id, outcome },
    },
  }[how]
  const path = how === "track" ? "/v1/track" : `/v1/decisions/${one.id}/${how}`
  const { status, json } = await shop.ask("POST", path, { key: how === "track" ? "ingest" : "admin", body })
  const [result] = (json.results as { status: string }[] | undefined) ?? [{ status: "accepted" }]
  const isHeard = status === 200 && result!.status === "accepted"
  if (isHeard && one.usedAt === null) one.usedAt = shop.services.clock()
}

/** Of what was made up to `one`, it included, what was used or still held at its moment. */
const standingAt = (made: readonly Made[], one: Made) =>
  made
    .slice(0, made.indexOf(one) + 1)
    .filter(({ expiresAt, usedAt }) => expiresAt > one.at || (usedAt !== null && usedAt <= one.at))

/** The same, without what was first heard of after it had been released. */
const paidAt = (made: readonly Made[], one: Made) =>
  standingAt(made, one).filter(({ expiresAt, usedAt }) => usedAt === null || usedAt <= expiresAt || expiresAt > one.at)

test("caps, budgets and volumes hold whatever clock and placement callers claim", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 10, maxLength: 40 }), async (steps) => {
      const made = await run(steps)
      for (const one of made) {
        const since = one.at - cap.windowHours * hourMs
        const contacts = standingAt(made, one).filter(({ customer, at }) => customer === one.customer && at > since)
        expect(contacts.length).toBeLessThanOrEqual(cap.limit)
        const paid = paidAt(made, one)
        expect(paid.length * cost).toBeLessThanOrEqual(budget + 1e-9)
        expect(paid.filter(({ offerId }) => offerId === "first").length).toBeLessThanOrEqual(volume)
      }
    }),
  )
})

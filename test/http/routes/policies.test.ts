import { afterAll, beforeAll, describe, expect, test } from "vitest"
import type { DecisionTrace } from "../../../src/core/decision/trace.ts"
import { defaultPolicy } from "../../../src/core/policy/policy.ts"
import { expectProblem } from "../../contracts/route.ts"
import { openTestApp } from "../../support/test-app.ts"

const shop = await openTestApp()
const replica = await openTestApp({ databaseUrl: shop.databaseUrl })
afterAll(() => Promise.all([shop.close(), replica.close()]))

const put = (placement: string, body: object, query = "") =>
  shop.ask("PUT", `/v1/policies/${placement}${query}`, { key: "manage", body })
const decide = async (userId: string, rest: object = {}) =>
  (
    await shop.ask("POST", "/v1/decide", {
      key: "read",
      body: { customer: { userId }, placement: "hero", channel: "web", ...rest },
    })
  ).json
const traceOf = async (id: unknown) => (await shop.ask("GET", `/v1/decisions/${id}`)).json.trace as DecisionTrace
const untilOffered = async (userId: string, rest: object = {}) => {
  for (;;) {
    const answer = await decide(userId, rest)
    if (answer.offer !== null) return answer
  }
}

beforeAll(async () => {
  const offers = [
    { id: "small", kind: "promotion", title: "Small", value: 40, placements: ["hero"] },
    { id: "large", kind: "recommendation", title: "Large", value: 44, placements: ["hero"], itemId: "cream" },
  ]
  await shop.ask("POST", "/v1/items", { body: { items: [{ id: "cream", title: "Cream" }] } })
  await shop.ask("POST", "/v1/offers", { body: { offers } })
  await shop.refreshCatalogue()
})

test("a placement without a policy has the built-in one", async () => {
  const { json } = await shop.ask("GET", "/v1/policies/nowhere", { key: "read" })
  expect(json).toMatchObject({ placement: "default", version: defaultPolicy.version, createdAt: null })
})

test("a policy is in force at once here and within two seconds elsewhere, and its versions are kept", async () => {
  expect((await put("versions", { maxExplored: 3 })).json).toMatchObject({ version: "versions-1" })
  const second = await put("versions", { maxExplored: 4 })
  expect(second.json).toMatchObject({ placement: "versions", version: "versions-2", policy: { maxExplored: 4 } })
  expect(shop.services.policies.of("versions").version).toBe("versions-2")
  await expect.poll(() => replica.services.policies.of("versions").version, { timeout: 2000 }).toBe("versions-2")
  const { json } = await shop.ask("GET", "/v1/policies/versions/history", { key: "read" })
  const versions = (json.policies as { version: string }[]).map(({ version }) => version)
  expect(versions).toEqual(["versions-2", "versions-1"])
  const listed = (await shop.ask("GET", "/v1/policies", { key: "read" })).json.policies as { version: string }[]
  expect(listed.map(({ version }) => version)).toContain("versions-2")
})

test("what cannot work is refused with JSON pointers, and changes nothing", async () => {
  const answer = await put("broken", {
    rewardBounds: { low: 3, high: 1 },
    suitability: [{ id: "a", rule: "customer.nonsense" }],
  })
  expectProblem(answer, 400, "invalidRequest")
  const pointers = (answer.json.errors as { pointer: string }[]).map(({ pointer }) => pointer)
  expect(pointers).toContain("/suitability/0/rule")
  const lever = { id: "old", owner: "ann", expiresAt: "2020-01-01T00:00:00Z", factor: 1.5 }
  const late = await put("broken", { levers: [lever] })
  expectProblem(late, 400, "invalidRequest")
  expect(late.json.errors).toMatchObject([{ pointer: "/levers/0/expiresAt" }])
  expect((await shop.ask("GET", "/v1/policies/broken")).json.placement).toBe("default")
})

test("a dry run says how logged decisions would have changed, and changes nothing", async () => {
  for (let n = 0; n < 40; n++) await decide(`dry-${n}`)
  const { json } = await put("hero", { offers: { kinds: ["promotion"] } }, "?dryRun=40")
  const dryRun = json.dryRun as { decisions: number; changed: number; drops: object[]; kinds: { from: string }[] }
  expect(json).toMatchObject({ version: null })
  expect(dryRun.decisions).toBe(40)
  expect(dryRun.changed).toBeGreaterThan(20)
  expect(dryRun.drops).toEqual([{ stage: "available", rule: "offers", options: 40 }])
  expect(dryRun.kinds.every(({ from }) => from === "recommendation")).toBe(true)
  const same = (await put("hero", {}, "?dryRun")).json.dryRun
  expect(same).toMatchObject({ decisions: 40, changed: 0, meanShift: 0, kinds: [] })
  expect((await shop.ask("GET", "/v1/policies/hero")).json.placement).toBe("default")
})

describe("a dry run where no decision was ever made", () => {
  const consent = { granted: true, at: "2024-01-01T00:00:00Z", source: "test" }
  beforeAll(async () => {
    const offers = [{ id: "letter", kind: "promotion", title: "Letter", value: 70, placements: ["fresh"] }]
    await shop.ask("POST", "/v1/offers", { body: { offers } })
    await shop.refreshCatalogue()
    for (const userId of ["f-0", "f-1", "f-2"])
      await shop.ask("PUT", `/v1/customers/userId:${userId}/consents/marketing`, { body: consent })
    await shop.ask("POST", "/v1/track", { body: { userId: "f-3", event: "Page Viewed" } })
  })
  const dryRun = async (body: object, query = "") =>
    (await put("fresh", body, `?dryRun${query}`)).json.dryRun as Record<string, unknown> & { decisions: number }

  test("decides for some customers under both policies, and records nothing", async () => {
    const { count } = (await shop.sql("select count(*)::int from decisions"))[0]!
    const answer = await dryRun({ suitability: [{ id: "nobody", rule: "customer.orders > 99.0" }] }, "&channel=email")
    expect(answer.decisions).toBe(0)
    const sample = answer.sample as { customers: number; changed: number; nothing: { was: number; wouldBe: number } }
    expect(sample).toMatchObject({
      channel: "email",
      changes: [{ was: "letter", wouldBe: "nothing", customers: sample.changed }],
    })
    const [{ known }] = (await shop.sql("select count(*)::int as known from profiles where merged_into is null")) as [
      { known: number },
    ]
    expect(sample.customers).toBe(known)
    expect(sample.nothing).toEqual({ was: known - sample.changed, wouldBe: known })
    // Of those who agreed to marketing, a draw may leave one without an offer in order to learn.
    expect(sample.changed).toBeGreaterThan(0)
    expect(sample.changed).toBeLessThanOrEqual(3)
    expect((answer.sample as { drops: unknown[] }).drops).toEqual([
      { stage: "suitability", rule: "nobody", was: 0, wouldBe: known },
      { stage: "consent", rule: "marketing", was: known - 3, wouldBe: 0 },
    ])
    expect((await shop.sql("select count(*)::int from decisions"))[0]).toEqual({ count })
  })

  test("finds no change in the policy in force, on the channel `web` unless another is named", async () => {
    const { sample } = await dryRun({})
    expect(sample).toMatchObject({ channel: "web", changed: 0, changes: [] })
  })

  test("decides for as many as are asked for", async () => {
    expect((await dryRun({}, "&customers=2")).sample).toMatchObject({ customers: 2 })
    expect((await dryRun({}, "&customers=0")).sample).toBeNull()
  })
})

describe("a treatment", () => {
  const send = (treatments: object[]) =>
    shop.ask("POST", "/v1/offers", {
      body: { offers: [{ id: "named", kind: "promotion", title: "N", value: 50, placements: ["letter"], treatments }] },
    })

  test("is filled in for the customer, and an offer with a field missing stays out of the draw", async () => {
    expect((await send([{ content: { headline: "Hello {{ customer.firstName }}" } }])).status).toBe(200)
    await shop.refreshCatalogue()
    const unnamed = await decide("unnamed", { placement: "letter" })
    expect(unnamed).toMatchObject({ kind: "nothing", selectionProbability: 1 })
    expect((await traceOf(unnamed.decisionId)).dropped).toMatchObject([{ stage: "channel", rule: "treatment" }])
    const traits = { userId: "ada", traits: { firstName: "Ada<3" } }
    await shop.ask("POST", "/v1/identify", { key: "ingest", body: traits })
    const { offer } = await untilOffered("ada", { placement: "letter" })
    expect(offer).toMatchObject({ content: { headline: "Hello Ada&lt;3" }, contentType: "html" })
  })

  test("that is no template is refused where it stands", async () => {
    const answer = await send([{ content: { headline: "fine", text: "{{ nobody.name }}" } }])
    expectProblem(answer, 400, "invalidRequest")
    expect(answer.json.errors).toMatchObject([{ pointer: "/offers/0/treatments/0/content/text" }])
  })
})

describe("what a customer answers", () => {
  const tell = (id: unknown, outcome: string) =>
    shop.ask("POST", `/v1/decisions/${id}/outcome`, {
      key: "write",
      body: { outcome, at: new Date(shop.services.clock()).toISOString(), messageId: `${id}-${outcome}` },
    })

  test("moves the next decision: a dismissed offer rests", async () => {
    const { offer, decisionId } = await untilOffered("dismissive")
    const { id } = offer as { id: string }
    await tell(decisionId, "dismissed")
    const next = await traceOf((await decide("dismissive")).decisionId)
    expect(next.dropped).toContainEqual(expect.objectContaining({ offerId: id, stage: "contact", rule: "dismissed" }))
  })

  test("silences selling while a delay is open; a recovery goes once, then rests, until it is resolved", async () => {
    const recovery = { id: "sorry", kind: "recovery", title: "Sorry", value: 0, placements: ["hero"] }
    await shop.ask("POST", "/v1/offers", { body: { offers: [recovery] } })
    await shop.refreshCatalogue()
    const happens = (event: string) =>
      shop.ask("POST", "/v1/track", { key: "ingest", body: { userId: "late", event, properties: { order_id: "o-1" } } })
    await happens("Delivery Delayed")
    const told = await decide("late", { explain: true })
    expect(told).toMatchObject({ kind: "recovery", selectionProbability: 1 })
    expect((told.reasons as { code: string }[]).at(-1)).toMatchObject({ code: "for-recovery" })
    await tell(told.decisionId, "impression")
    expect(await decide("late")).toMatchObject({ kind: "nothing" })
    await happens("Order Delivered")
    const { dropped } = await traceOf((await decide("late")).decisionId)
    expect(dropped.filter(({ stage }) => stage === "service")).toEqual([])
  })

  test("ends marketing on a channel it unsubscribes from", async () => {
    const at = new Date(shop.services.clock() - 1000).toISOString()
    const body = { granted: true, at, source: "test" }
    await shop.ask("PUT", "/v1/customers/userId:leaver/consents/marketing", { key: "ingest", body })
    const { decisionId } = await untilOffered("leaver", { channel: "email" })
    await tell(decisionId, "unsubscribed")
    const { dropped } = await traceOf((await decide("leaver", { channel: "email" })).decisionId)
    expect(dropped.filter(({ stage }) => stage === "consent")).toHaveLength(2)
    const record = (await shop.ask("GET", "/v1/customers/userId:leaver")).json
    expect((record.consents as { marketing: object }).marketing).toMatchObject({
      granted: true,
      source: "unsubscribed",
    })
  })
})

test("a decision shows its runner-up and what that lacked", async () => {
  const { decisionId } = await decide("curious")
  const { runnerUp } = (await shop.ask("GET", `/v1/decisions/${decisionId}`)).json
  expect(runnerUp).toMatchObject({ drawRange: { from: expect.any(Number), to: expect.any(Number) } })
})

test("a refilled volume is free again when what was held expires", async () => {
  const offers = [{ id: "last", kind: "extra", title: "Last", value: 9, placements: ["shelf"], volume: { made: 1 } }]
  await shop.ask("POST", "/v1/offers", { body: { offers } })
  await shop.refreshCatalogue()
  const shelf = { placement: "shelf" }
  expect(await decide("first", shelf)).toMatchObject({ kind: "extra" })
  expect(await decide("second", shelf)).toMatchObject({ kind: "nothing" })
  shop.advance(defaultPolicy.expiresAfterMinutes.onSite * 60_000 + 1)
  await shop.services.policies.refresh()
  const third = await decide("third", shelf)
  expect(third).toMatchObject({ kind: "extra" })
  await tellUsed(third.decisionId)
  shop.advance(defaultPolicy.expiresAfterMinutes.onSite * 60_000 + 1)
  expect(await decide("fourth", shelf)).toMatchObject({ kind: "nothing" })
})

const tellUsed = (id: unknown) =>
  shop.ask("POST", `/v1/decisions/${id}/activate`, {
    key: "write",
    body: { at: new Date(shop.services.clock()).toISOString() },
  })

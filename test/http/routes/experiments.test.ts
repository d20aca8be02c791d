import { afterAll, beforeAll, describe, expect, test } from "vitest"
import type { DecisionTrace } from "../../../src/core/decision/trace.ts"
import type { ExperimentResults } from "../../../src/core/experiment/results-schema.ts"
import { dayMs } from "../../../src/core/time/durations.ts"
import { expectProblem } from "../../contracts/route.ts"
import { openTestApp } from "../../support/test-app.ts"

const shop = await openTestApp()
const replica = await openTestApp({ databaseUrl: shop.databaseUrl })
afterAll(() => Promise.all([shop.close(), replica.close()]))

const stopping = { plannedCustomers: 1000 }
const goal = { id: "ordered", event: "Order Completed", windowDays: 14 }
const halves = [
  { id: "control", share: 0.5 },
  { id: "silent", share: 0.5, policyOf: "hero-silent" },
]
const put = (id: string, design: object) =>
  shop.ask("PUT", `/v1/experiments/${id}`, { key: "manage", body: { goal, stopping, ...design } })
const resultsOf = async (id: string) =>
  (await shop.ask("GET", `/v1/experiments/${id}/results`, { key: "read" })).json as unknown as ExperimentResults
const decide = async (userId: string, placement = "hero", app = shop) =>
  (await app.ask("POST", "/v1/decide", { key: "read", body: { customer: { userId }, placement, channel: "web" } })).json
const traceOf = async (id: unknown) => (await shop.ask("GET", `/v1/decisions/${id}`)).json.trace as DecisionTrace
const stop = (id: string) => shop.ask("POST", `/v1/experiments/${id}/stop`, { key: "manage", body: {} })
const track = (events: readonly { userId: string; event: string; at: number; properties?: object }[]) =>
  shop.ask("POST", "/v1/batch", {
    key: "ingest",
    body: {
      batch: events.map(({ at, ...event }, n) => ({
        type: "track",
        messageId: `${event.userId} ${event.event} ${at} ${n}`,
        timestamp: new Date(at).toISOString(),
        ...event,
      })),
    },
  })

beforeAll(async () => {
  const offers = [{ id: "sale", kind: "promotion", title: "Sale", value: 40, placements: ["hero"] }]
  await shop.ask("POST", "/v1/offers", { body: { offers } })
  await shop.refreshCatalogue()
  await replica.refreshCatalogue()
  await shop.ask("PUT", "/v1/policies/hero-silent", { key: "manage", body: { offers: { ids: ["none-of-these"] } } })
})

describe("an experiment on a placement", () => {
  const customers = Array.from({ length: 24 }, (_, n) => `visitor-${n}`)

  test("decides for each customer by the policy of their arm, always the same, on every server", async () => {
    await put("hero", { placement: "hero", arms: halves })
    await expect.poll(() => replica.services.experiments.at("hero")?.id, { timeout: 3000 }).toBe("hero")
    const arms = new Map<string, string>()
    for (const userId of customers) {
      const { decisionId, kind } = await decide(userId)
      const { experiment } = await traceOf(decisionId)
      arms.set(userId, experiment!.arm)
      expect(experiment).toMatchObject({ id: "hero", share: 0.5, orders: null })
      const { policyVersion } = (await shop.ask("GET", `/v1/decisions/${decisionId}`)).json
      expect(policyVersion).toBe(experiment!.arm === "silent" ? "hero-silent-1" : "built-in-1")
      if (experiment!.arm === "silent") expect(kind).toBe("nothing")
    }
    expect(new Set(arms.values())).toEqual(new Set(["control", "silent"]))
    for (const userId of customers.slice(0, 6)) {
      const again = await decide(userId, "hero", replica)
      expect((await traceOf(again.decisionId)).experiment!.arm).toBe(arms.get(userId))
    }
  })

  test("can be replayed, and leaves other placements alone", async () => {
    const { decisionId } = await decide("visitor-1")
    const { json } = await shop.ask("GET", `/v1/decisions/${decisionId}/replay`, { key: "read" })
    expect(json).toMatchObject({ identical: true })
    expect((await traceOf((await decide("visitor-1", "elsewhere")).decisionId)).experiment).toBeUndefined()
  })

  test("counts each customer once, from their first decision on, and compares nothing before there are events", async () => {
    const results = await resultsOf("hero")
    expect(results.customers.reduce((sum, { exposed }) => sum + exposed, 0)).toBe(24)
    expect(results.metrics[0]).toMatchObject({ waiting: 24, comparisons: [] })
    expect(results.metrics[0]!.missing).toContain("0 events of the 20")
    expect(results.verdict).toMatchObject({ code: "notYet", mayStop: false })
  })

  test("keeps its design, and its placement to itself, until it is stopped", async () => {
    expect((await put("hero", { placement: "hero", arms: halves })).json).toMatchObject({ status: "running" })
    const other = { placement: "hero", arms: halves, stopping: { plannedCustomers: 2000 } }
    expectProblem(await put("hero", other), 409, "conflict")
    expectProblem(await put("second", other), 409, "conflict")
    expect((await stop("hero")).json).toMatchObject({ status: "stopped" })
    expect((await traceOf((await decide("visitor-1")).decisionId)).experiment).toBeUndefined()
    expect((await put("second", other)).json).toMatchObject({ id: "second", status: "running" })
    await stop("second")
    const { json } = await shop.ask("GET", "/v1/experiments?limit=1", { key: "read" })
    expect(json.nextCursor).toBe("second")
  })

  test("takes in only eligible customers, and nobody of whom that is unknown", async () => {
    const eligibility = "customer.traits.plan == 'gold'"
    await put("gold", { placement: "hero", arms: halves, eligibility })
    await shop.ask("POST", "/v1/identify", { key: "ingest", body: { userId: "rich", traits: { plan: "gold" } } })
    expect((await traceOf((await decide("rich")).decisionId)).experiment).toMatchObject({ id: "gold" })
    expect((await traceOf((await decide("visitor-2")).decisionId)).experiment).toBeUndefined()
    await stop("gold")
  })
})

describe("an experiment whose arms are assigned elsewhere", () => {
  const arms = [
    { id: "old", share: 0.5 },
    { id: "new", share: 0.5 },
  ]
  const expose = (exposures: readonly object[], id = "outside") =>
    shop.ask("POST", `/v1/experiments/${id}/exposures`, { key: "ingest", body: { exposures } })

  test("reads 60 orders of 200 against 120 of 200 as an effect, and says that one may stop", async () => {
    await put("outside", { arms })
    const at = shop.services.clock()
    const people = Array.from({ length: 400 }, (_, n) => ({ userId: `buyer-${n}`, arm: n % 2 === 0 ? "old" : "new" }))
    const exposures = people.map(({ userId, arm }) => ({
      customer: { userId },
      arm,
      at: new Date(at).toISOString(),
    }))
    expect((await expose(exposures)).json).toEqual({ recorded: 400, known: 0 })
    expect((await expose(exposures.slice(0, 5))).json).toEqual({ recorded: 0, known: 5 })
    shop.advance(15 * dayMs)
    const orders = people.filter(({ arm }, n) => n >= (arm === "old" ? 280 : 160))
    const event = ({ userId }: { userId: string }) => ({
      userId,
      event: "Order Completed",
      at: at + dayMs,
      properties: {
        order_id: `o-${userId}`,
        currency: "EUR",
        products: [{ product_id: "cream", price: 9, quantity: 1 }],
      },
    })
    await track(orders.slice(0, 100).map(event))
    await track(orders.slice(100).map(event))
    await track(orders.slice(0, 50).map((one) => ({ ...event(one), at: at + 2 * dayMs })))
    const { metrics, verdict, sampleRatio } = await resultsOf("outside")
    expect(metrics[0]!.arms).toMatchObject([
      { arm: "old", customers: 200, events: 60, mean: 0.3 },
      { arm: "new", customers: 200, events: 120, mean: 0.6 },
    ])
    const [comparison] = metrics[0]!.comparisons
    expect(comparison!.effect).toBeCloseTo(0.3, 6)
    expect(comparison!.low).toBeGreaterThan(0)
    expect(comparison!.low).toBeLessThan(comparison!.fixedHorizon.low)
    expect(sampleRatio.isBroken).toBe(false)
    expect(verdict).toMatchObject({ code: "goalReached", mayStop: true, arm: "new" })
  })

  test("leaves out whom a join put into both arms, and counts them", async () => {
    const at = new Date(shop.services.clock()).toISOString()
    await put("joined", { arms })
    const one = { anonymousId: "before-login" }
    await shop.ask("POST", "/v1/track", { key: "ingest", body: { ...one, event: "Product Viewed" } })
    await shop.ask("POST", "/v1/track", { key: "ingest", body: { userId: "after-login", event: "Product Viewed" } })
    await expose([{ customer: one, arm: "old", at }], "joined")
    await expose([{ customer: { userId: "after-login" }, arm: "new", at }], "joined")
    await shop.ask("POST", "/v1/identify", { key: "ingest", body: { userId: "after-login", ...one } })
    expect(await resultsOf("joined")).toMatchObject({ crossed: 1, customers: [{ exposed: 0 }, { exposed: 0 }] })
  })

  test("says that shares are broken where one arm has far too many", async () => {
    await put("uneven", { arms })
    const at = new Date(shop.services.clock()).toISOString()
    const exposures = Array.from({ length: 300 }, (_, n) => ({
      customer: { userId: `uneven-${n}` },
      arm: n < 210 ? "old" : "new",
      at,
    }))
    await expose(exposures, "uneven")
    expect(await resultsOf("uneven")).toMatchObject({
      sampleRatio: { isBroken: true },
      verdict: { code: "sampleRatioBroken" },
    })
  })

  test("refuses an arm that it has not, and exposures of one that assigns itself", async () => {
    const at = new Date(shop.services.clock()).toISOString()
    const exposure = { customer: { userId: "u" }, arm: "third", at }
    expectProblem(await expose([exposure]), 400, "invalidRequest")
    expectProblem(await expose([{ ...exposure, arm: "control" }], "hero"), 409, "conflict")
    expectProblem(await expose([exposure], "nowhere"), 404, "notFound")
  })
})

test("a design that cannot be read is refused with pointers", async () => {
  const designs = [
    { arms: [halves[0]!, { ...halves[1]!, share: 0.4 }], placement: "hero" },
    { arms: halves },
    {
      arms: [
        { id: "a", share: 0.5 },
        { id: "a", share: 0.5 },
      ],
    },
    {
      arms: [
        { id: "a", share: 0.5 },
        { id: "b", share: 0.5, policyOf: "unknown" },
      ],
      placement: "hero",
    },
    {
      arms: [
        { id: "a", share: 0.5 },
        { id: "b", share: 0.5 },
      ],
      goal: { id: "money", event: "Order Completed", of: "value" },
    },
  ]
  for (const design of designs) expectProblem(await put("bad", design), 400, "invalidRequest")
})

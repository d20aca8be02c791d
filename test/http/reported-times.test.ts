import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { expectProblem } from "../contracts/route.ts"
import { openTestApp } from "../support/test-app.ts"

const shop = await openTestApp()
afterAll(() => shop.close())

const dayMs = 86_400_000
const iso = (ms: number) => new Date(ms).toISOString()
const now = () => shop.services.clock()

const put = (placement: string, body: object) => shop.ask("PUT", `/v1/policies/${placement}`, { body })
const decide = async (anonymousId: string, placement = "weekly") =>
  (
    await shop.ask("POST", "/v1/decide", {
      key: "write",
      body: { customer: { anonymousId }, placement, channel: "web" },
    })
  ).json
const say = (id: unknown, verb: "activate" | "outcome", body: object) =>
  shop.ask("POST", `/v1/decisions/${id}/${verb}`, { key: "write", body })
const read = async (id: unknown) => (await shop.ask("GET", `/v1/decisions/${id}`)).json

beforeAll(async () => {
  const offers = [{ id: "gift", kind: "extra", title: "A gift", value: 9, cost: 0.1 }]
  await shop.ask("POST", "/v1/offers", { body: { offers } })
  await shop.refreshCatalogue()
  const contact = { caps: [{ id: "weekly", limit: 1, windowHours: 168 }], theme: null, pauses: [] }
  await put("weekly", { contact })
  await put("default", { budget: { amount: 0.3, currency: "EUR" } })
})

describe("a cap of one contact a week", () => {
  test("holds for a caller who lives in 1970", async () => {
    let offered = 0
    for (let n = 0; n < 4; n++) {
      const { offer, decisionId } = await decide("old-clock")
      if (offer === null) continue
      offered++
      await say(decisionId, "activate", { at: "1970-01-01T00:00:00Z" })
    }
    expect(offered).toBe(1)
  })

  test("is not forgotten because an outcome is told from the year 9999, by an outcome or by an event", async () => {
    const { decisionId } = await decide("late-clock")
    await say(decisionId, "activate", { at: iso(now()) })
    const { decisionId: nothing } = await decide("late-clock")
    const at = "9999-12-31T23:59:59Z"
    expectProblem(await say(nothing, "outcome", { outcome: "click", at, messageId: "m" }), 400, "invalidRequest")
    const event = { anonymousId: "late-clock", event: "Promotion Clicked", timestamp: at, properties: { decisionId } }
    await shop.ask("POST", "/v1/track", { key: "write", body: event })
    expect(await decide("late-clock")).toMatchObject({ offer: null })
  })

  test("ends after a week for a caller whose clock is ahead", async () => {
    const { decisionId } = await decide("fast-clock")
    const event = {
      anonymousId: "fast-clock",
      event: "Promotion Viewed",
      timestamp: iso(now() + 400 * dayMs),
      properties: { decisionId },
    }
    await shop.ask("POST", "/v1/track", { key: "write", body: event })
    shop.advance(7 * dayMs + 1000)
    expect(await decide("fast-clock")).toMatchObject({ kind: "extra" })
  })
})

describe("what is told of a time", () => {
  test("is refused more than ten minutes ahead, or before 1970", async () => {
    const { decisionId } = await decide("refused-times")
    for (const at of [iso(now() + 11 * 60_000), "1969-12-31T23:59:59Z", "0000-01-01T00:00:00Z"])
      for (const [verb, rest] of [
        ["activate", {}],
        ["outcome", { outcome: "click", messageId: at }],
      ] as const) {
        const answer = await say(decisionId, verb, { ...rest, at })
        expectProblem(answer, 400, "invalidRequest")
        expect(answer.json.errors).toMatchObject([{ pointer: "/at" }])
      }
    expect(await read(decisionId)).toMatchObject({ activatedAt: null, outcomes: [] })
  })

  test("counts within the decision and now, and is kept beside that", async () => {
    const { decisionId } = await decide("kept-times")
    const { at } = await read(decisionId)
    shop.advance(60_000)
    const reported = iso(Date.parse(at as string) - dayMs)
    await say(decisionId, "activate", { at: reported })
    await say(decisionId, "outcome", { outcome: "click", at: reported, messageId: "early" })
    const within = iso(Date.parse(at as string) + 30_000)
    await say(decisionId, "outcome", { outcome: "click", at: within, messageId: "within" })
    expect(await read(decisionId)).toMatchObject({
      activatedAt: at,
      activationReportedAt: reported,
      outcomes: [
        { messageId: expect.stringContaining("early"), at, reportedAt: reported },
        { messageId: expect.stringContaining("within"), at: within },
      ],
    })
  })
})

test("the budget of `default` holds over all placements that have no policy of their own", async () => {
  const offered = []
  for (let n = 0; n < 12; n++) offered.push((await decide(`spender-${n}`, `made-up-${n}`)).offer)
  expect(offered.filter((offer) => offer !== null)).toHaveLength(3)
  expect(await shop.sql("select key from supplies where key like 'budget:%'")).toEqual([{ key: "budget:default:ever" }])
})

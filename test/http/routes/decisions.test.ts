import { afterAll, beforeAll, describe, expect, test } from "vitest"
import type { DecisionTrace } from "../../../src/core/decision/trace.ts"
import { defaultPolicy } from "../../../src/core/policy/policy.ts"
import { expectProblem } from "../../contracts/route.ts"
import { openTestApp } from "../../support/test-app.ts"

const shop = await openTestApp()
afterAll(() => shop.close())

const dayMs = 86_400_000
const now = () => new Date(shop.services.clock()).toISOString()
const consent = (userId: string, purpose: string, granted = true) =>
  shop.ask("PUT", `/v1/customers/userId:${userId}/consents/${purpose}`, {
    key: "ingest",
    body: { granted, at: now(), source: "preference-center" },
  })
const decide = (customer: object, rest: object = {}) =>
  shop.ask("POST", "/v1/decide", { key: "read", body: { customer, placement: "home", channel: "web", ...rest } })
const read = async (id: unknown) => (await shop.ask("GET", `/v1/decisions/${id}`, { key: "read" })).json
/** Asks again and again until an offer is drawn, as `nothing` may be by chance. */
async function decideOffer(customer: object, rest: object = {}) {
  for (;;) {
    const answer = await decide(customer, rest)
    if (answer.json.offer !== null) return answer.json
  }
}

async function untilPicked() {
  for (;;) {
    const { offer, decisionId } = await decideOffer({ userId: "picky" }, { placement: "picks" })
    const picked = offer as { id: string; items: { id: string }[] }
    if (picked.id === "picks") return { offer: picked, decisionId }
  }
}

beforeAll(async () => {
  await shop.ask("POST", "/v1/items", { body: { items: [{ id: "cream", title: "Cream", stock: 1 }] } })
  const offers = [
    { id: "welcome", kind: "promotion", title: "Welcome", value: 30, content: { url: "https://shop.example/w" } },
    { id: "bound", kind: "recommendation", title: "Come back", value: 25, itemId: "cream" },
    { id: "letter-only", kind: "promotion", title: "By letter", value: 90, channels: ["post"] },
    { id: "elsewhere", kind: "promotion", title: "Elsewhere", value: 90, placements: ["basket"] },
  ]
  await shop.ask("POST", "/v1/offers", { body: { offers } })
  await shop.refreshCatalogue()
})

describe("decide", () => {
  test("answers with the exact probability that its trace shows, and can be replayed from it", async () => {
    const { json } = await decide({ userId: "traced" })
    const recorded = await read(json.decisionId)
    const trace = recorded.trace as DecisionTrace
    const offerId = (json.offer as { id: string } | null)?.id ?? null
    expect(trace.options.find((option) => option.offerId === offerId)!.probability).toBe(json.selectionProbability)
    expect(trace.options.map((option) => option.offerId)).toEqual([null, "welcome", "bound"])
    expect(trace.dropped).toEqual([
      { offerId: "letter-only", stage: "channel", rule: "channels", reason: "the offer is not made on web" },
    ])
    const again = (await shop.ask("GET", `/v1/decisions/${json.decisionId}/replay`, { key: "read" })).json
    expect(again).toMatchObject({ identical: true, differences: [], replayed: { offerId, kind: json.kind } })
    expect(again.replayed).toMatchObject({ selectionProbability: json.selectionProbability })
  })

  test("shows the customer's own picks with a recommendation that is bound to no item, and remembers them", async () => {
    const offers = [{ id: "picks", kind: "recommendation", title: "For you", value: 60, placements: ["picks"] }]
    await shop.ask("POST", "/v1/offers", { body: { offers } })
    await shop.refreshCatalogue()
    const { offer, decisionId } = await untilPicked()
    expect(offer.items.map(({ id }) => id)).toEqual(["cream"])
    expect(((await read(decisionId)).trace as DecisionTrace).items).toEqual(["cream"])
  })

  test("tells operators that it used propensity alone, and customers no reason where their past carried nothing", async () => {
    const { json } = await decide({ userId: "reasons" }, { explain: true })
    const explanation = json.explanation as { code: string }[]
    expect([explanation.length, explanation[0]!.code]).toEqual([2, "propensityAlone"])
    expect(json.reasons).toEqual([])
    expect((await read(json.decisionId)).explanation).toEqual(explanation)
    const { json: plain } = await decide({ userId: "reasons" })
    expect([plain.reasons, "explanation" in plain]).toEqual([[], false])
  })

  test("sends an e-mail only with consent to marketing, and not after it is withdrawn", async () => {
    const byMail = { channel: "email", placement: "weekly-email" }
    expect((await decide({ userId: "mail" }, byMail)).json).toMatchObject({ kind: "nothing", selectionProbability: 1 })
    await consent("mail", "marketing")
    expect(await decideOffer({ userId: "mail" }, byMail)).toMatchObject({ degraded: false })
    shop.advance(1000)
    await consent("mail", "marketing", false)
    expect((await decide({ userId: "mail" }, byMail)).json).toMatchObject({ kind: "nothing", selectionProbability: 1 })
  })

  test("does not offer an item that sold out", async () => {
    await shop.ask("POST", "/v1/items", { body: { items: [{ id: "cream", title: "Cream", stock: 0 }] } })
    await shop.refreshCatalogue()
    const trace = (await read((await decide({ userId: "sold-out" })).json.decisionId)).trace as DecisionTrace
    expect(trace.dropped).toContainEqual(expect.objectContaining({ offerId: "bound", rule: "itemUnavailable" }))
    await shop.ask("POST", "/v1/items", { body: { items: [{ id: "cream", title: "Cream", stock: 1 }] } })
    await shop.refreshCatalogue()
  })

  test("does not sell to a customer with an open complaint", async () => {
    await shop.ask("POST", "/v1/track", {
      key: "ingest",
      body: { userId: "angry", event: "Complaint Opened", properties: { complaint_id: "c-1" } },
    })
    expect((await decide({ userId: "angry" })).json).toMatchObject({ kind: "nothing", selectionProbability: 1 })
  })

  test("weighs kinds and channels by how often they were accepted", async () => {
    shop.setAcceptances([{ kind: "promotion", channel: "web", offered: 980, accepted: 99 }])
    const trace = (await read((await decide({ userId: "rates" })).json.decisionId)).trace as DecisionTrace
    expect(trace.options.find(({ offerId }) => offerId === "welcome")!.propensity).toBe((99 + 1) / (980 + 20))
    expect(trace.options.find(({ offerId }) => offerId === "bound")!.propensity).toBe(1 / 20)
    shop.setAcceptances([])
  })
})

describe("a reservation", () => {
  const reservationsOf = async (userId: string) =>
    (await shop.services.store.customers.read({ type: "userId", value: userId })).reservations

  test("is held with the decision, used by activation, and released when it expires unused", async () => {
    const customer = { userId: "reserved" }
    const used = await decideOffer(customer)
    const unused = await decideOffer(customer)
    const at = now()
    expect(
      (await shop.ask("POST", `/v1/decisions/${used.decisionId}/activate`, { key: "write", body: { at } })).json,
    ).toEqual({
      status: "activated",
    })
    expect(await reservationsOf("reserved")).toMatchObject([
      { decisionId: used.decisionId, activatedAt: Date.parse(at) },
      { decisionId: unused.decisionId, activatedAt: null },
    ])
    expect((await read(used.decisionId)).activatedAt).toBe(at)
    shop.advance(defaultPolicy.expiresAfterMinutes.onSite * 60_000 + 1)
    const late = await shop.ask("POST", `/v1/decisions/${unused.decisionId}/activate`, { body: { at: now() } })
    expectProblem(late, 410, "expired")
    const third = await decideOffer(customer)
    expect((await reservationsOf("reserved")).map(({ decisionId }) => decisionId)).toEqual([
      used.decisionId,
      third.decisionId,
    ])
  })

  test("of forty simultaneous decisions is held for each", async () => {
    const answers = await Promise.all(Array.from({ length: 40 }, () => decide({ userId: "busy" })))
    const offered = answers.filter(({ json }) => json.offer !== null).map(({ json }) => json.decisionId)
    expect((await reservationsOf("busy")).map(({ decisionId }) => decisionId).sort()).toEqual(offered.sort())
  })
})

describe("an outcome", () => {
  const tell = (id: unknown, body: object, key: "ingest" | "write" = "ingest") =>
    shop.ask("POST", `/v1/decisions/${id}/outcome`, { key, body })

  test("is recorded once per message id", async () => {
    const { decisionId } = await decideOffer({ userId: "outcome" })
    const purchase = { outcome: "purchase", at: now(), value: 12.5, messageId: "out-1" }
    expect((await tell(decisionId, purchase)).json).toEqual({ status: "recorded" })
    expect((await tell(decisionId, purchase)).json).toEqual({ status: "duplicate" })
    const { messageId, outcome, at, value } = purchase
    expect((await read(decisionId)).outcomes).toEqual([{ messageId, outcome, at, value }])
  })

  test("of a public key is what a browser sees: no acceptance, no return", async () => {
    const { decisionId } = await decideOffer({ userId: "believed" })
    for (const outcome of ["purchase", "kept", "returned"]) {
      const answer = await tell(decisionId, { outcome, at: now(), messageId: `bot-${outcome}` }, "write")
      expectProblem(answer, 403, "forbidden")
      expect(answer.json.detail).toContain("impression, click, dismissed, unsubscribed")
    }
    for (const outcome of ["impression", "click", "dismissed", "unsubscribed"])
      expect((await tell(decisionId, { outcome, at: now(), messageId: `page-${outcome}` }, "write")).json).toEqual({
        status: "recorded",
      })
    const event = { userId: "believed", event: "Bot Spoke", properties: { decisionId, outcome: "kept", value: 1e6 } }
    const order = { userId: "believed", event: "Order Completed", properties: { decisionId, order_id: "o-1" } }
    for (const body of [event, order]) {
      const { json } = await shop.ask("POST", "/v1/track", { key: "write", body })
      expect(json.results).toMatchObject([{ status: "accepted", reason: expect.stringContaining("recorded") }])
    }
    const { outcomes } = await read(decisionId)
    expect((outcomes as { outcome: string }[]).map(({ outcome }) => outcome).sort()).toEqual([
      "click",
      "dismissed",
      "impression",
      "unsubscribed",
    ])
  })

  test("of a public key never takes the message id of a server's", async () => {
    const { decisionId } = await decideOffer({ userId: "claimed id" })
    const click = { outcome: "click", at: now(), messageId: "mail-1" }
    expect((await tell(decisionId, click, "write")).json).toEqual({ status: "recorded" })
    expect((await tell(decisionId, click, "write")).json).toEqual({ status: "duplicate" })
    expect((await tell(decisionId, click)).json).toEqual({ status: "recorded" })
    const posing = { ...click, messageId: "browser:mail-1" }
    expect((await tell(decisionId, posing)).json).toEqual({ status: "recorded" })
  })

  test("is worth at most a billion either way", async () => {
    const { decisionId } = await decideOffer({ userId: "rich" })
    const worth = (value: number) =>
      tell(decisionId, { outcome: "purchase", at: now(), value, messageId: `worth-${value}` })
    for (const value of [1.7e308, -1e10]) expectProblem(await worth(value), 400, "invalidRequest")
    expect((await worth(-1e9)).status).toBe(200)
  })

  test("impression activates, and a second one changes nothing", async () => {
    const { decisionId } = await decideOffer({ userId: "seen" })
    const first = now()
    await tell(decisionId, { outcome: "impression", at: first, messageId: "imp-1" })
    shop.advance(1000)
    await tell(decisionId, { outcome: "impression", at: now(), messageId: "imp-2" })
    expect((await read(decisionId)).activatedAt).toBe(first)
  })

  test("of a decision nobody made is not found", async () => {
    const body = { outcome: "click", at: now(), messageId: "lost" }
    expectProblem(await tell("0190b6a4-0000-7000-8000-000000000000", body), 404, "notFound")
  })

  test("counts towards the acceptance rate of its kind and channel", async () => {
    const since = shop.services.clock()
    const before = await shop.services.store.decisions.countAcceptances(since)
    expect(before).toEqual([])
    shop.advance(dayMs)
    const [bought, seen, never] = [
      await decideOffer({ userId: "rate" }),
      await decideOffer({ userId: "rate" }),
      await decideOffer({ userId: "rate" }),
    ]
    await tell(bought.decisionId, { outcome: "purchase", at: now(), messageId: "rate-1" })
    await tell(seen.decisionId, { outcome: "impression", at: now(), messageId: "rate-2" })
    expect((await read(never.decisionId)).activatedAt).toBeNull()
    const counts = await shop.services.store.decisions.countAcceptances(since)
    expect(counts.reduce((sum, { offered }) => sum + offered, 0)).toBe(2)
    expect(counts.reduce((sum, { accepted }) => sum + accepted, 0)).toBe(1)
    expect(new Set(counts.map(({ channel }) => channel))).toEqual(new Set(["web"]))
  })
})

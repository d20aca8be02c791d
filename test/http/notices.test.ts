import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { openTestApp } from "../support/test-app.ts"

const shop = await openTestApp()
afterAll(() => shop.close())

const now = () => new Date(shop.services.clock()).toISOString()
const track = (userId: string, event: string, properties: object = {}, more: object = {}) =>
  shop.ask("POST", "/v1/track", {
    body: { userId, event, properties, timestamp: now(), messageId: shop.services.newId(), ...more },
  })
const late = (userId: string, orderId: string) => track(userId, "Delivery Delayed", { order_id: orderId })
const consent = (userId: string, purpose: string, body: object) =>
  shop.ask("PUT", `/v1/customers/userId:${userId}/consents/${purpose}`, {
    body: { at: now(), source: "test", ...body },
  })
const identify = (userId: string, traits: object) => shop.ask("POST", "/v1/identify", { body: { userId, traits } })
const decide = async (userId: string, rest: object = {}) =>
  (
    await shop.ask("POST", "/v1/decide", {
      body: { customer: { userId }, placement: "order-page", channel: "web", ...rest },
    })
  ).json
const read = async (id: unknown) => (await shop.ask("GET", `/v1/decisions/${id}`)).json
const byMail = { channel: "email" }

beforeAll(async () => {
  const placements = ["order-page"]
  const offers = [
    { id: "late", kind: "notice", title: "Your order is late", value: 0, cost: 0.02, caseType: "delay", placements },
    { id: "voucher", kind: "recovery", title: "Five euros", value: 4, cost: 3, caseType: "delay", placements },
    { id: "sale", kind: "promotion", title: "Sale", value: 90, placements },
  ]
  await shop.ask("POST", "/v1/offers", { body: { offers } })
  await shop.refreshCatalogue()
})

describe("beside a recovery that is worth more", () => {
  test("the notice is answered, and the recovery is a decision of its own in `joined`", async () => {
    await late("both", "o-1")
    const answer = await decide("both")
    const joined = answer.joined as Record<string, unknown>
    expect(answer).toMatchObject({
      kind: "notice",
      offer: { id: "late" },
      selectionProbability: 1,
      legalBasis: "contract",
    })
    expect(joined).toMatchObject({
      kind: "recovery",
      offer: { id: "voucher" },
      value: 1,
      legalBasis: "legitimateInterest",
    })
    expect(joined.decisionId).not.toBe(answer.decisionId)
    const [notice, recovery] = [await read(answer.decisionId), await read(joined.decisionId)]
    expect(notice).toMatchObject({ kind: "notice", joined: joined.decisionId })
    expect(notice.trace).toMatchObject({
      options: [{ offerId: "late", legalBasis: "contract" }],
      dropped: expect.arrayContaining([
        expect.objectContaining({ offerId: "voucher", stage: "arbitration", rule: "joins" }),
      ]),
    })
    expect(recovery).toMatchObject({ kind: "recovery", joins: answer.decisionId, trace: { joins: answer.decisionId } })
    for (const id of [answer.decisionId, joined.decisionId]) {
      expect((await shop.ask("GET", `/v1/decisions/${id}/replay`)).json).toMatchObject({ identical: true })
      expect((await shop.ask("POST", `/v1/decisions/${id}/activate`, { body: { at: now() } })).status).toBe(200)
    }
  })

  test("both are one contact, so that a cap counts them once", async () => {
    await late("once", "o-1")
    const { decisionId, customerId } = await decide("once")
    const [row] = await shop.sql(`select reservations from contacts where customer_id = '${customerId}'`)
    expect(row!.reservations).toMatchObject([
      { offerId: "late", decisionId },
      { offerId: "voucher", contactGroup: decisionId },
    ])
  })

  test("a notice is never held back by a spent budget; the recovery is", async () => {
    await shop.ask("PUT", "/v1/policies/order-page", { body: { budget: { amount: 0.01, currency: "EUR" } } })
    await late("poor", "o-1")
    expect(await decide("poor")).toMatchObject({ kind: "notice", joined: null })
    await shop.ask("PUT", "/v1/policies/order-page", { body: {} })
  })

  test("without an open matter neither is made, and nothing is joined", async () => {
    expect((await decide("calm")).joined).toBeNull()
  })
})

describe("by e-mail a notice needs no consent, only that the customer gave the channel", () => {
  const answerTo = async (userId: string) => decide(userId, byMail)

  test("an address is enough, whatever was refused of marketing or of service as a whole", async () => {
    await identify("address", { email: "address@mail.example" })
    await consent("address", "marketing", { granted: false })
    await consent("address", "service", { granted: false })
    await late("address", "o-1")
    expect(await answerTo("address")).toMatchObject({ kind: "notice", legalBasis: "contract", joined: null })
  })

  test("so is a consent to service on it; the recovery then joins by that consent", async () => {
    await late("agreed", "o-1")
    expect(await answerTo("agreed")).toMatchObject({ kind: "nothing", joined: null })
    await consent("agreed", "service", { granted: true, channels: ["email"] })
    expect(await answerTo("agreed")).toMatchObject({
      kind: "notice",
      joined: { kind: "recovery", legalBasis: "consent" },
    })
  })

  test("a telephone number is none, and a channel that was taken back is no longer given", async () => {
    await identify("phone", { phone: "+39 333 1234567" })
    await late("phone", "o-1")
    expect(await answerTo("phone")).toMatchObject({ kind: "nothing" })
    await identify("gone", { email: "gone@mail.example" })
    await consent("gone", "service", { granted: false, channels: ["email"] })
    await late("gone", "o-1")
    expect(await answerTo("gone")).toMatchObject({ kind: "nothing" })
  })
})

describe("each order is told of by itself", () => {
  const said = async (userId: string, given?: object) =>
    (await decide(userId, given ? { context: { attributes: given } } : {})).kind

  test("by the order that the caller names", async () => {
    await late("named", "o-1")
    await late("named", "o-2")
    expect(await said("named", { orderId: "o-1" })).toBe("notice")
    expect(await said("named", { orderId: "o-1" })).not.toBe("notice")
    expect(await said("named", { orderId: "o-2" })).toBe("notice")
  })

  test("without a name by the orders that are still late", async () => {
    await late("unnamed", "o-1")
    await late("unnamed", "o-2")
    expect([await said("unnamed"), await said("unnamed")]).toEqual(["notice", "notice"])
    expect(await said("unnamed")).not.toBe("notice")
  })
})

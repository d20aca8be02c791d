import { afterAll, expect, test } from "vitest"
import { openTestApp } from "../support/test-app.ts"

const shop = await openTestApp()
afterAll(() => shop.close())

const onlyOffers = { exploration: { costShare: 0 }, contact: { caps: [], pauses: [], theme: null } }
const items = Array.from({ length: 4 }, (_, n) => ({ id: `sku-${n}`, title: `Item ${n}`, price: 5, currency: "EUR" }))
const offers = [
  { id: "sale", kind: "promotion", title: "Spring sale", value: 500, placements: ["sale-email"] },
  { id: "care", kind: "extra", purpose: "service", title: "How to care", value: 500, placements: ["care-email"] },
  { id: "small", kind: "promotion", title: "A little less", value: 0.01, placements: ["plain-email"] },
]
await shop.ask("POST", "/v1/items", { body: { items } })
await shop.ask("POST", "/v1/offers", { body: { offers } })
for (const placement of ["sale-email", "care-email", "plain-email"])
  await shop.ask("PUT", `/v1/policies/${placement}`, { body: onlyOffers })
await shop.refreshCatalogue()

const content = (userId: string, campaign: string, { placement = "sale-email", format = "json" } = {}) =>
  shop.ask("GET", `/v1/content/${placement}?customer=userId:${userId}&campaign=${campaign}&format=${format}`, {
    key: "read",
  })
const say = (userId: string, purpose: string, granted: boolean, secondsAgo: number, channels?: readonly string[]) =>
  shop.ask("PUT", `/v1/customers/userId:${userId}/consents/${purpose}`, {
    body: {
      granted,
      at: new Date(shop.services.clock() - secondsAgo * 1000).toISOString(),
      source: "test",
      ...(channels && { channels }),
    },
  })

const idOf = (offer: unknown) => (offer as { id: string } | null)?.id ?? null

/** A campaign of which this customer's content is the offer. */
async function withOffer(userId: string, offerId: string | null, placement?: string) {
  for (let draw = 0; draw < 200; draw++) {
    const campaign = `draw-${userId}-${draw}`
    const answer = await content(userId, campaign, placement === undefined ? {} : { placement })
    if (answer.json.fallback === false && idOf(answer.json.offer) === offerId) return { campaign, answer }
  }
  throw new Error(`no draw of 200 fell on ${offerId}`)
}

for (const [how, channels] of [
  ["of all channels", undefined],
  ["of e-mail alone", ["email"]],
] as const)
  test(`a withdrawal ${how} hides what was made before, in every format and in the export, until they agree again`, async () => {
    const userId = `left-${channels?.length ?? 0}`
    await say(userId, "marketing", true, 60)
    const { campaign, answer } = await withOffer(userId, "sale")
    await say(userId, "marketing", false, 50, channels)

    const hidden = await content(userId, campaign)
    expect(hidden.json).toMatchObject({ fallback: true, kind: "nothing", offer: null, items: [] })
    expect(hidden.headers.get("cache-control")).toBe("no-store")
    const html = await content(userId, campaign, { format: "html" })
    expect([html.text, html.headers.get("x-fallback")]).toEqual(["", "true"])
    const exported = await shop.ask("GET", `/v1/campaigns/${campaign}/export?placement=sale-email&format=ndjson`)
    expect(exported.text).not.toContain(`"userId":"${userId}"`)

    await say(userId, "marketing", true, 40)
    expect((await content(userId, campaign)).text).toBe(answer.text)
  })

test("a withdrawal that is not of the content's purpose or channel changes nothing", async () => {
  await say("stays", "marketing", true, 60)
  await say("stays", "service", true, 60)
  const sale = await withOffer("stays", "sale")
  const care = await withOffer("stays", "care", "care-email")
  await say("stays", "marketing", false, 50, ["sms", "push"])
  expect((await content("stays", sale.campaign)).text).toBe(sale.answer.text)
  await say("stays", "marketing", false, 40)
  expect((await content("stays", care.campaign, { placement: "care-email" })).text).toBe(care.answer.text)
  await say("stays", "service", false, 30)
  expect((await content("stays", care.campaign, { placement: "care-email" })).json).toMatchObject({
    fallback: true,
    offer: null,
  })
})

test("what was made without an offer is not shown either to whoever refuses selling since", async () => {
  await say("quiet", "marketing", true, 60)
  const { campaign } = await withOffer("quiet", null, "plain-email")
  await say("quiet", "marketing", false, 50)
  expect((await content("quiet", campaign, { placement: "plain-email" })).json).toMatchObject({
    fallback: true,
    items: [],
  })
})

test("an unsubscribe by an outcome hides the content it came from", async () => {
  await say("gone", "marketing", true, 60)
  const { campaign, answer } = await withOffer("gone", "sale")
  await shop.ask("POST", `/v1/decisions/${answer.json.decisionId}/outcome`, {
    body: { outcome: "unsubscribed", at: new Date(shop.services.clock()).toISOString(), messageId: "gone" },
  })
  expect((await content("gone", campaign)).json).toMatchObject({ fallback: true, offer: null, items: [] })
})

test("who was erased is shown nothing of what was theirs", async () => {
  await say("erased", "marketing", true, 60)
  const { campaign } = await withOffer("erased", "sale")
  await shop.ask("DELETE", "/v1/customers/userId:erased")
  expect((await content("erased", campaign)).json).toMatchObject({ fallback: true, offer: null, decisionId: null })
})

test("what sells is hidden while a complaint is open, and the fallback sells nothing either", async () => {
  await say("waits", "marketing", true, 60)
  await say("waits", "service", true, 60)
  const { campaign, answer } = await withOffer("waits", "sale")
  const care = await withOffer("waits", "care", "care-email")
  const tell = (event: string) =>
    shop.ask("POST", "/v1/track", {
      key: "ingest",
      body: { userId: "waits", event, properties: { complaint_id: "c" } },
    })
  await tell("Complaint Opened")
  const silent = { fallback: true, offer: null, items: [] }
  expect((await content("waits", campaign)).json).toMatchObject(silent)
  expect((await content("waits", "another")).json).toMatchObject(silent)
  expect((await content("waits", care.campaign, { placement: "care-email" })).text).toBe(care.answer.text)
  shop.advance(1000)
  await tell("Complaint Resolved")
  expect((await content("waits", campaign)).text).toBe(answer.text)
})

test("a policy may have the fallback show nothing to anybody", async () => {
  expect((await content("stranger", "c")).json).toMatchObject({ fallback: true, items: [{}, {}, {}, {}] })
  const put = await shop.ask("PUT", "/v1/policies/plain-email", { body: { fallback: "nothing" } })
  expect(put.status).toBe(200)
  expect((await content("stranger", "c", { placement: "plain-email" })).json).toMatchObject({
    fallback: true,
    items: [],
  })
})

const carefully = {
  id: "care-note",
  kind: "notice",
  title: "We are here for you",
  value: 0,
  caseType: "none",
  placements: [],
  content: { headline: "Questions about your order?", text: "Write to care@shop.example." },
}

test("a placement may name a service message for whoever must not be sold to, and it never names a product", async () => {
  expect((await shop.ask("POST", "/v1/offers", { body: { offers: [carefully] } })).status).toBe(200)
  await shop.refreshCatalogue()
  const put = await shop.ask("PUT", "/v1/policies/kind-email", { body: { serviceFallback: "care-note" } })
  expect(put.status, put.text).toBe(200)
  const placement = "kind-email"
  await shop.ask("POST", "/v1/identify", { body: { userId: "asked", traits: { email: "asked@mail.example" } } })
  const before = await content("asked", "kind", { placement })
  expect(before.json).toMatchObject({ fallback: true, kind: "nothing", offer: null, items: [{}, {}, {}, {}] })
  await say("asked", "marketing", false, 50)
  const { json, headers } = await content("asked", "kind", { placement })
  expect(json).toMatchObject({
    fallback: true,
    decisionId: null,
    kind: "notice",
    offer: { id: "care-note" },
    items: [],
  })
  expect(json.offer).not.toHaveProperty("itemId")
  expect(headers.get("cache-control")).toBe("no-store")
  const html = await content("asked", "kind", { placement, format: "html" })
  expect(html.text).toContain("Questions about your order?")
  expect(html.text).not.toContain("sku-")
  expect((await content("asked", "kind", { placement: "sale-email" })).json).toMatchObject({ offer: null, items: [] })
})

test("what the message needs must stand: without a way to reach them there is nothing", async () => {
  await say("unreached", "marketing", false, 50)
  expect((await content("unreached", "kind", { placement: "kind-email" })).json).toMatchObject({
    kind: "nothing",
    offer: null,
    items: [],
  })
})

test("a policy may not name what sells as its service message", async () => {
  const recovery = { id: "voucher", kind: "recovery", title: "Sorry", value: 1 }
  const selling = [
    { ...recovery, id: "reduced", discount: { percent: 10 } },
    { ...recovery, id: "shows", itemId: "sku-0" },
  ]
  expect((await shop.ask("POST", "/v1/offers", { body: { offers: selling } })).json.errors ?? []).toEqual([])
  for (const serviceFallback of ["nowhere", "sale", "reduced", "shows"]) {
    const refused = await shop.ask("PUT", "/v1/policies/kind-email", { body: { serviceFallback } })
    expect(refused.status).toBe(400)
    expect(refused.json.errors).toMatchObject([{ pointer: "/serviceFallback" }])
  }
})

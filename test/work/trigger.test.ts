import { afterAll, beforeAll, beforeEach, expect, test } from "vitest"
import { triggerSchema } from "../../src/core/policy/trigger-schema.ts"
import { fireDue } from "../../src/work/trigger.ts"
import { openTestApp, type TestApp } from "../support/test-app.ts"

const hour = 3_600_000
let shop: TestApp
let customers = 0

const trigger = (when: unknown, more: object = {}) => triggerSchema.parse({ id: "t", when, channel: "email", ...more })
const placed = (placement: string, when: unknown, more: object = {}) => ({
  placement,
  trigger: trigger(when, more),
  sinceMs: 0,
})
const late = placed("late-delivery", { event: "Delivery Delayed" })
const unanswered = placed("complaints", { caseOpenForHours: 24 })
const basket = placed("baskets", { cartAbandonedAfterHours: 4 })

beforeAll(async () => {
  shop = await openTestApp()
  const offers = [
    {
      id: "late",
      kind: "notice",
      title: "Your order is late",
      value: 1,
      caseType: "delay",
      placements: ["late-delivery"],
    },
    {
      id: "sorry",
      kind: "recovery",
      title: "We are sorry",
      value: 1,
      caseType: "complaint",
      placements: ["complaints"],
    },
    { id: "basket", kind: "promotion", title: "Still there", value: 90, placements: ["baskets", "mornings"] },
  ]
  await shop.ask("POST", "/v1/offers", { body: { offers } })
  await shop.ask("PUT", "/v1/policies/baskets", { body: { rewardBounds: { low: -1, high: 100 } } })
  await shop.services.policies.refresh()
  await shop.refreshCatalogue()
  await shop.ask("POST", "/v1/webhooks", { body: { url: "https://shop.example/hook" } })
})
afterAll(() => shop.close())
beforeEach(async () => {
  await shop.sql("delete from webhook_messages")
})

/** A customer who agreed to these purposes by e-mail. */
async function customerWith(...purposes: string[]): Promise<string> {
  customers += 1
  const userId = `u-${customers}`
  await happened(userId, "Page Viewed", { ago: 1000 * hour })
  for (const purpose of purposes)
    await shop.ask("PUT", `/v1/customers/userId:${userId}/consents/${purpose}`, {
      body: { granted: true, at: "2020-01-01T00:00:00Z", source: "test", channels: ["email"] },
    })
  return userId
}

async function happened(
  userId: string,
  event: string,
  { ago = 0, ...properties }: Record<string, unknown> & { ago?: number } = {},
) {
  const timestamp = new Date(shop.services.clock() - ago).toISOString()
  const body = {
    userId,
    event,
    timestamp,
    properties,
    messageId: `${userId} ${event} ${ago} ${JSON.stringify(properties)}`,
  }
  expect((await shop.ask("POST", "/v1/track", { body })).status).toBe(200)
}

const told = async () =>
  (await shop.sql("select body from webhook_messages order by created_at")).map(
    ({ body }) => JSON.parse(body as string).data,
  )
const decisionsOf = async (userId: string) => {
  const { json } = await shop.ask("GET", `/v1/customers/userId:${userId}/export`)
  return (json.tables as { decisions: { id: string; kind: string }[] }).decisions
}
const fire = async (what: typeof late) => (await fireDue(shop.services, what)).fired

test("a late delivery raises a notice before the customer asks: decision, reservation and message together", async () => {
  const userId = await customerWith("service")
  await happened(userId, "Delivery Delayed", { order_id: "o-1" })
  expect(await fire(late)).toBe(1)
  const [message, ...others] = await told()
  expect(others).toEqual([])
  expect(message).toMatchObject({ trigger: "t", kind: "notice", channel: "email", offer: { id: "late" } })
  const { json } = await shop.ask("GET", `/v1/decisions/${message.decisionId}`)
  expect(json).toMatchObject({ id: message.decisionId, kind: "notice", customerId: message.customerId })
  const reserved = await shop.sql(`select reservations from contacts where customer_id = '${message.customerId}'`)
  expect(reserved[0]!.reservations).toMatchObject([{ decisionId: message.decisionId, offerId: "late" }])
})

test("it fires once a window, with two processes at once too, and again in the next", async () => {
  const userId = await customerWith("service")
  await happened(userId, "Delivery Delayed", { order_id: "o-1" })
  const fired = await Promise.all([fire(late), fire(late), fire(late)])
  expect(fired.reduce((sum, n) => sum + n)).toBe(1)
  await happened(userId, "Delivery Delayed", { order_id: "o-2" })
  expect(await fire(late)).toBe(0)
  expect(await told()).toHaveLength(1)
  shop.advance(170 * hour)
  await happened(userId, "Delivery Delayed", { order_id: "o-3" })
  expect(await fire(late)).toBe(1)
})

test("a complaint that nobody answered raises a recovery; one that was closed does not", async () => {
  const [waiting, answered, recent] = await Promise.all([
    customerWith("service"),
    customerWith("service"),
    customerWith("service"),
  ])
  for (const userId of [waiting!, answered!])
    await happened(userId, "Complaint Opened", { complaintId: "c", ago: 30 * hour })
  await happened(answered!, "Complaint Resolved", { complaintId: "c", ago: 2 * hour })
  await happened(recent!, "Complaint Opened", { complaintId: "c", ago: hour })
  expect(await fire(unanswered)).toBe(1)
  expect(await told()).toMatchObject([{ kind: "recovery", offer: { id: "sorry" } }])
  expect(await decisionsOf(waiting!)).toHaveLength(1)
})

test("where no channel was given nothing is sent and nothing recorded", async () => {
  const userId = await customerWith()
  await happened(userId, "Delivery Delayed", { order_id: "o-1" })
  expect(await fire(late)).toBe(0)
  expect(await told()).toEqual([])
  expect(await decisionsOf(userId)).toEqual([])
})

test("a consent that comes while it is fresh lets it fire after all", async () => {
  const userId = await customerWith()
  await happened(userId, "Delivery Delayed", { order_id: "o-1" })
  const first = await fireDue(shop.services, late)
  await shop.ask("PUT", `/v1/customers/userId:${userId}/consents/service`, {
    body: { granted: true, at: "2020-01-01T00:00:00Z", source: "test" },
  })
  shop.advance(11 * 60_000)
  expect((await fireDue(shop.services, late, first.sweep)).fired).toBe(1)
})

test("after an outage what is no longer fresh is left alone", async () => {
  const userId = await customerWith("service")
  await happened(userId, "Delivery Delayed", { order_id: "old", ago: 25 * hour })
  expect(await fire(late)).toBe(0)
})

test("a basket that was left fires; one that became an order, or was added to since, does not", async () => {
  const [left, ordered, filling] = await Promise.all([
    customerWith("marketing"),
    customerWith("marketing"),
    customerWith("marketing"),
  ])
  for (const userId of [left!, ordered!, filling!])
    await happened(userId, "Product Added", { product_id: "a", ago: 5 * hour })
  await happened(ordered!, "Order Completed", { order_id: "o", ago: 4.5 * hour, products: [{ product_id: "a" }] })
  await happened(filling!, "Product Added", { product_id: "b", ago: hour })
  await fire(basket)
  const fired = await shop.sql("select customer_id from trigger_firings where placement = 'baskets'")
  const { json } = await shop.ask("GET", `/v1/customers/userId:${left}`)
  expect(fired).toEqual([{ customer_id: json.customerId }])
})

test("a schedule decides for everybody who may be written to, once a time", async () => {
  const mornings = placed("mornings", { schedule: { at: "08:00" } })
  const before = await shop.sql(
    "select count(*)::int as n from profiles where consents <> '{}' and merged_into is null",
  )
  expect(before[0]!.n).toBeGreaterThan(3)
  // The time of day may be anything; two sweeps of one moment are what is asked.
  await Promise.all([fireDue(shop.services, mornings), fireDue(shop.services, mornings)])
  const rows = await shop.sql("select customer_id from trigger_firings where placement = 'mornings'")
  expect(new Set(rows.map((row) => row.customer_id)).size).toBe(rows.length)
  const marketing = await shop.sql("select count(*)::int as n from profiles where consents ? 'marketing'")
  expect(rows).toHaveLength(marketing[0]!.n as number)
  expect(await fire(mornings)).toBe(0)
  shop.advance(24 * hour)
  await fire(mornings)
  expect((await shop.sql("select 1 from trigger_firings where placement = 'mornings'")).length).toBeGreaterThan(
    rows.length,
  )
})

test("two customers who turn out to be one hear of it once", async () => {
  const [first, second] = [await customerWith("service"), await customerWith("service")]
  await happened(first!, "Delivery Delayed", { order_id: "o-1" })
  expect(await fire(late)).toBe(1)
  await shop.ask("POST", "/v1/alias", { body: { userId: second, previousId: first, messageId: `alias ${first}` } })
  await happened(second!, "Delivery Delayed", { order_id: "o-2" })
  expect(await fire(late)).toBe(0)
})

test("what was sent and fired is exported and erased with the customer", async () => {
  const userId = await customerWith("service")
  await happened(userId, "Delivery Delayed", { order_id: "o-1" })
  expect(await fire(late)).toBe(1)
  const { json } = await shop.ask("GET", `/v1/customers/userId:${userId}/export`)
  const tables = json.tables as Record<string, unknown[]>
  expect(tables.webhookMessages).toHaveLength(1)
  expect(tables.triggerFirings).toHaveLength(1)
  expect((await shop.ask("DELETE", `/v1/customers/userId:${userId}`)).status).toBe(200)
  expect(await told()).toEqual([])
  expect(await shop.sql("select 1 from webhook_deliveries")).toEqual([])
})

test("a policy's triggers are checked, and two of one name refused", async () => {
  const triggers = [late.trigger, late.trigger]
  const { status, json } = await shop.ask("PUT", "/v1/policies/late-delivery", { body: { triggers } })
  expect(status).toBe(400)
  expect(json.errors).toMatchObject([{ pointer: "/triggers/1/id" }])
  const sound = await shop.ask("PUT", "/v1/policies/late-delivery", { body: { triggers: [late.trigger] } })
  expect(sound.json).toMatchObject({ policy: { triggers: [late.trigger] } })
})

test("a cart's message shows that cart: its lines, value, way back and mail, which rules and treatments read too", async () => {
  const items = [
    { id: "tint", title: "Lip Tint", price: 22.95, currency: "EUR", url: "https://shop.example/tint" },
    { id: "soap", title: "Soap", price: 6, currency: "EUR", url: "https://shop.example/soap" },
  ]
  await shop.ask("POST", "/v1/items", { body: { items } })
  const treatments = [
    { content: { headline: "{{ trigger.cart.quantity }} things wait, {{ trigger.cart.lines[0].title }} first" } },
  ]
  const base = { kind: "promotion", title: "Still there", value: 90, placements: ["carts"], treatments }
  const offers = [
    { ...base, id: "dear-cart", eligibility: "has(trigger.cart.value) && trigger.cart.value > 50.0" },
    { ...base, id: "small-cart", eligibility: "has(trigger.cart.value) && trigger.cart.value <= 50.0" },
  ]
  expect((await shop.ask("POST", "/v1/offers", { body: { offers } })).json.upserted).toBe(2)
  await shop.ask("PUT", "/v1/policies/carts", {
    body: { rewardBounds: { low: -1, high: 100 }, explorationCostShare: 0.0001 },
  })
  await shop.services.policies.refresh()
  await shop.refreshCatalogue()
  const carts = placed("carts", { cartAbandonedAfterHours: 4 })
  const cartUrl = "https://shop.example/cart/7"
  let message: Awaited<ReturnType<typeof told>>[number] | undefined
  let userId = ""
  for (let n = 0; n < 40 && message === undefined; n++) {
    userId = await customerWith("marketing")
    await happened(userId, "Product Added", { ago: 6 * hour, product_id: "tint", quantity: 2, price: 20.66 })
    await happened(userId, "Product Added", { ago: 5 * hour, product_id: "soap", cartUrl })
    await fire(carts)
    message = (await told()).find(({ trigger }) => trigger === "t")
  }
  // 2 · 20.66 as it was put in, and 6 as the catalogue says.
  expect(message!.triggeredBy).toMatchObject({
    event: "Product Added",
    cart: { value: 47.32, quantity: 3, currency: "EUR", itemIds: ["tint", "soap"], url: cartUrl },
  })
  expect(message!.offer).toMatchObject({ id: "small-cart", content: { headline: "3 things wait, Lip Tint first" } })
  for (const part of ["2 × Lip Tint", "€20.66", "Soap", "€6.00", "Back to your cart", "/cart/7"]) {
    expect(message!.html).toContain(part)
    expect(message!.text).toContain(part)
  }
  const { json } = await shop.ask("GET", `/v1/decisions/${message!.decisionId}`)
  const trace = json.trace as { trigger: { cart: object }; dropped: { offerId: string; stage: string }[] }
  expect(trace.trigger.cart).toEqual({ value: 47.32, quantity: 3, currency: "EUR", itemIds: ["tint", "soap"] })
  expect(trace.dropped).toContainEqual(expect.objectContaining({ offerId: "dear-cart", stage: "eligibility" }))
})

test("a cart that was emptied, or bought as far as a browser told, is not abandoned", async () => {
  const emptied = await customerWith("marketing")
  await happened(emptied, "Product Added", { ago: 6 * hour, product_id: "soap" })
  await happened(emptied, "Product Removed", { ago: 5 * hour, product_id: "soap" })
  const bought = await customerWith("marketing")
  await happened(bought, "Product Added", { ago: 6 * hour, product_id: "soap" })
  const claim = {
    userId: bought,
    event: "Order Completed",
    timestamp: new Date(shop.services.clock() - 5 * hour).toISOString(),
    properties: { order_id: "claimed-1", products: [{ product_id: "soap" }] },
  }
  expect((await shop.ask("POST", "/v1/track", { key: "write", body: claim })).status).toBe(200)
  await fire(basket)
  for (const userId of [emptied, bought]) expect(await decisionsOf(userId)).toEqual([])
})

test("a late parcel's message tells the order, the parcel and the case", async () => {
  const userId = await customerWith()
  await shop.ask("POST", "/v1/identify", { body: { userId, traits: { email: `${userId}@mail.example` } } })
  const products = [{ product_id: "tint", quantity: 2, price: 20 }]
  await happened(userId, "Order Completed", { ago: 50 * hour, order_id: "o-77", total: 40, currency: "EUR", products })
  const parcel = { carrier: "DHL", tracking_url: "https://dhl.example/1", expectedAt: "2030-01-02" }
  await happened(userId, "Delivery Delayed", { ago: hour, order_id: "o-77", reason: "snow", ...parcel })
  await fire(late)
  const message = (await told()).find(({ triggeredBy }) => triggeredBy?.order?.id === "o-77")
  expect(message.triggeredBy).toMatchObject({
    event: "Delivery Delayed",
    order: { value: 40, quantity: 2, itemIds: ["tint"] },
    parcel: { carrier: "DHL", trackingUrl: "https://dhl.example/1", expectedAt: "2030-01-02" },
    case: { id: "o-77", type: "delay", subject: "snow" },
  })
})

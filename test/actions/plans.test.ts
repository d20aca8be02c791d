import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { createPlanTurns } from "../../src/actions/plans/advance-plans.ts"
import { makePlan } from "../../src/actions/plans/make-plan.ts"
import { signVetoToken } from "../../src/actions/sends/veto-token.ts"
import type { PlanReply } from "../../src/core/plan/plan-schema.ts"
import { tester } from "../support/actor.ts"
import { anEvent } from "../support/events.ts"
import { releaseThatKeeps } from "../support/keep.ts"
import { aCustomer, anItem, optIn } from "../support/plans.ts"
import { openTestApp, type TestApp } from "../support/test-app.ts"

const itemIds = ["brush", "paint", "paper"]
const day = 86_400_000
let shop: TestApp
let turns: ReturnType<typeof createPlanTurns>

beforeAll(async () => {
  shop = await openTestApp({ release: await releaseThatKeeps(itemIds, 0.8) })
  turns = createPlanTurns(shop.services)
  const { store } = shop.services
  for (const [n, id] of itemIds.entries()) await anItem(store, id, { price: 20 + n, margin: 8 })
  const opted = { "unasked-parcel": optIn(), marketing: optIn(), service: optIn() }
  await Promise.all(Array.from({ length: 60 }, (_, n) => aCustomer(store, `opted-${n}`, opted)))
  for (let n = 0; n < 5; n++) await aCustomer(store, `unknown-${n}`, {})
  for (let n = 0; n < 4; n++)
    await aCustomer(store, `dear-${n}`, { "unasked-parcel": optIn({ priceCeiling: { amount: 5, currency: "EUR" } }) })
  await aCustomer(store, "refused", { "unasked-parcel": optIn({ granted: false }), marketing: optIn() })
  await shop.refreshCatalogue()
})
afterAll(() => shop.close())

const asked = { name: "Parcels", freeReturn: true, budgets: { money: 1e6, volume: 100 }, holdoutShare: 0 }

/** Creates a plan that nothing follows: its proposals are taken back before the next test. */
async function planned(given: Record<string, unknown> = {}): Promise<PlanReply> {
  const made = await shop.ask("POST", "/v1/plans", { key: "manage", body: { ...asked, ...given } })
  expect(made.status, made.text).toBe(202)
  expect(made.json).toMatchObject({ status: "planning", summary: null })
  await turns.turn()
  return read(String(made.json.id))
}

const read = async (id: string) =>
  (await shop.ask("GET", `/v1/plans/${id}`, { key: "read" })).json as unknown as PlanReply
const change = (id: string, verb: string) => shop.ask("POST", `/v1/plans/${id}/${verb}`, { body: {} })
const sendsOf = async (id: string, state: string) => {
  const { json } = await shop.ask("GET", `/v1/sends?plan=${id}&state=${state}&limit=1000`, { key: "read" })
  return (json.sends as { id: string; customerId: string }[]).map((send) => send.id)
}
const said = (id: string, state: string) => {
  const at = new Date(shop.services.clock()).toISOString()
  return shop.ask("POST", `/v1/sends/${id}/${state}`, { key: "ingest", body: { at, messageId: `${id}-${state}` } })
}

async function started(given: Record<string, unknown> = {}): Promise<string> {
  const { id } = await planned(given)
  for (const verb of ["approve", "start"]) expect((await change(id, verb)).status).toBe(200)
  await turns.turn()
  return id
}

describe("a customer who has, gave back or waits for items", () => {
  test("is sent none of them, and the plan says which gate refused how many", async () => {
    const happens = (event: string, daysAgo: number, orderId: string, ...products: string[]) =>
      shop.ask("POST", "/v1/track", {
        body: {
          ...{ userId: "owner", event, messageId: `${event}-${orderId}` },
          timestamp: new Date(shop.services.clock() - daysAgo * day).toISOString(),
          properties: { order_id: orderId, products: products.map((product_id) => ({ product_id })) },
        },
      })
    await happens("Order Completed", 20, "plan-1", "brush", "paint")
    await happens("Product Returned", 15, "plan-1", "brush")
    await happens("Order Completed", 2, "plan-2", "paper")
    const at = new Date(shop.services.clock() - day).toISOString()
    const consent = { granted: true, at, source: "test" }
    await shop.ask("PUT", "/v1/customers/userId:owner/consents/marketing", { body: consent })
    const { summary } = await planned({ dryRun: true, autonomyLevel: "suggest", audience: "customer.orders > 0.0" })
    expect(summary).toMatchObject({ eligible: 1, chosen: { sends: 0 } })
    for (const reason of ["returned", "onItsWay", "boughtRecently"])
      expect(summary!.exclusions).toContainEqual({ reason, customers: 1, candidates: 1 })
    await shop.ask("DELETE", "/v1/customers/userId:owner")
  })
})

describe("a dry run", () => {
  test("says who is left out by which gate, lists its sends and makes none", async () => {
    const { id, summary } = await planned({ dryRun: true })
    expect(summary).toMatchObject({ customers: 70, eligible: 64, candidates: 60 * 3, chosen: { sends: 60 } })
    expect(summary!.exclusions).toContainEqual({ reason: "consent", customers: 6, candidates: 0 })
    expect(summary!.exclusions).toContainEqual({ reason: "priceCeiling", customers: 4, candidates: 4 * 3 })
    expect(summary!.exclusions).toContainEqual({ reason: "budgets", customers: 0, candidates: 60 * 3 - 60 })
    expect(summary!.chosen.expectedKeptShare).toBeCloseTo(0.8)
    expect(summary!.curve.at(-1)).toMatchObject({ sends: 60 })
    expect(await sendsOf(id, "proposed")).toHaveLength(60)
    expect((await read(id)).sample).toHaveLength(20)
    expect(await change(id, "approve")).toMatchObject({ status: 409, json: { code: "conflict" } })
  })

  test("prices what is scarce and nothing else", async () => {
    const plenty = await planned({ dryRun: true })
    expect(plenty.summary!.dualPrices).toMatchObject({ money: 0, volume: 0, stock: [] })
    const scarce = await planned({ dryRun: true, budgets: { money: 1e6, volume: 7 } })
    expect(scarce.summary!.chosen.sends).toBe(7)
    expect(scarce.summary!.dualPrices.volume).toBeGreaterThan(0)
  })

  test("without free returns sends no goods, and still suggests", async () => {
    const parcels = await planned({ dryRun: true, freeReturn: false })
    expect(parcels.summary!.exclusions).toContainEqual({ reason: "freeReturn", customers: 64, candidates: 0 })
    expect(parcels.summary!.chosen.sends).toBe(0)
    const suggestions = await planned({ dryRun: true, freeReturn: false, autonomyLevel: "suggest" })
    expect(suggestions.summary!.chosen.sends).toBe(61)
  })

  test("of customers by a rule leaves out the others", async () => {
    const { summary } = await planned({ dryRun: true, audience: "customer.orders > 3.0" })
    expect(summary!.exclusions).toContainEqual({ reason: "audience", customers: 64, candidates: 0 })
  })
})

test("a share of customers is held out, drawn by customer", async () => {
  const { id, summary } = await planned({
    holdoutShare: 0.5,
    budgets: { money: 1e6, volume: 1000, contactsPerCustomer: 3 },
  })
  expect(summary!.chosen.sends + summary!.holdout.sends).toBe(180)
  expect(summary!.holdout.sends).toBe(3 * summary!.holdout.customers)
  // 30 ± 4 standard errors of 60 tosses of a coin.
  expect(Math.abs(summary!.holdout.customers - 30)).toBeLessThan(4 * Math.sqrt(60 / 4))
  await change(id, "approve")
  await turns.turn()
  expect(await sendsOf(id, "approved")).toHaveLength(summary!.chosen.sends)
  expect(await sendsOf(id, "proposed")).toHaveLength(summary!.holdout.sends)
})

describe("a plan's way", () => {
  test("from the request until one is kept, nothing leaves before it is approved and started", async () => {
    const plan = await planned({ budgets: { money: 1e6, volume: 2 } })
    expect(plan.status).toBe("planned")
    expect(await change(plan.id, "start")).toMatchObject({ status: 409 })
    await turns.turn()
    expect(await sendsOf(plan.id, "proposed")).toHaveLength(2)
    await change(plan.id, "approve")
    await turns.turn()
    expect(await sendsOf(plan.id, "approved")).toHaveLength(2)
    await change(plan.id, "start")
    await turns.turn()
    const [one, two] = await sendsOf(plan.id, "reserved")
    for (const state of ["dispatched", "delivered", "kept"]) {
      expect(await said(one!, state)).toMatchObject({ status: 200, json: { status: "recorded", send: { state } } })
      expect(await said(one!, state)).toMatchObject({ status: 200, json: { status: "repeated" } })
    }
    expect(await said(one!, "returned")).toMatchObject({ status: 409, json: { code: "conflict" } })
    await said(two!, "dispatched")
    await said(two!, "lost")
    await turns.turn()
    const { status, monitoring } = await read(plan.id)
    expect(status).toBe("done")
    expect(monitoring).toMatchObject({
      states: { kept: 1, lost: 1 },
      plan: { sends: 2, customers: 2, keptShare: 1 / 2, halted: false },
      calibration: [{ observed: 1 / 2, sends: 2 }],
    })
    expect(monitoring!.plan.expectedKeptShare).toBeCloseTo(0.8)
    expect(monitoring!.increment).toMatchObject({ sent: 2, holdout: 0, verdict: "insufficientData" })
  })

  test("a customer says no with their token and a public key, and only of their own", async () => {
    const id = await started({ budgets: { money: 1e6, volume: 2 } })
    const [one, two] = await sendsOf(id, "reserved")
    const customerOf = async (send: string) =>
      String((await shop.ask("GET", `/v1/sends/${send}`, { key: "read" })).json.customerId)
    const customer = { customerId: await customerOf(one!) }
    const { json } = await shop.ask("POST", "/v1/customer-tokens", { key: "read", body: { customer } })
    const at = new Date().toISOString()
    const veto = (send: string, body: object) =>
      shop.ask("POST", `/v1/sends/${send}/veto`, { key: "write", body: { at, ...body } })
    expect(await veto(one!, {})).toMatchObject({ status: 403, json: { code: "customerTokenRequired" } })
    expect(await veto(two!, { token: json.token })).toMatchObject({ status: 404 })
    expect(await veto(one!, { token: json.token })).toMatchObject({ status: 200, json: { send: { state: "vetoed" } } })
    expect(await said(one!, "dispatched")).toMatchObject({ status: 409 })
    await said(two!, "dispatched")
    await said(two!, "returned")
    await turns.turn()
    expect(await read(id)).toMatchObject({ status: "done", monitoring: { states: { vetoed: 1, returned: 1 } } })
  })

  test("a customer says no on the page of the announcement's link, which looking at does nothing to", async () => {
    const id = await started({ budgets: { money: 1e6, volume: 2 } })
    const [one, two] = await sendsOf(id, "reserved")
    const { store } = shop.services
    const { customerId } = (await store.sends.read(one!))!
    const messages = (await store.customers.exportAll(customerId))!.webhookMessages as { body: string }[]
    const told = messages.map(({ body }) => JSON.parse(body)).find(({ data }) => data.vetoToken && data.sendId === one)
    const link = `/v1/v/${told.data.vetoToken}`
    const page = await shop.ask("GET", link, { key: "none" })
    expect(page.text).toContain("<form method")
    expect((await store.sends.read(one!))!.state).toBe("reserved")
    expect((await shop.ask("POST", link, { key: "none" })).text).toContain("will not be sent")
    expect((await shop.ask("POST", link, { key: "none" })).text).toContain("will not be sent")
    expect((await store.sends.read(one!))!.state).toBe("vetoed")
    expect(await shop.ask("GET", `${link}x`, { key: "none" })).toMatchObject({ status: 404 })
    const own = await signVetoToken(shop.services, two!)
    const body = { at: new Date().toISOString(), token: own }
    expect(await shop.ask("POST", `/v1/sends/${one}/veto`, { key: "write", body })).toMatchObject({ status: 403 })
    await said(two!, "dispatched")
    expect((await shop.ask("POST", `/v1/v/${own}`, { key: "none" })).text).toContain("returned free of charge")
    await said(two!, "lost")
  })

  test("halts by itself when the promise is broken, and tells so; resumed, it begins to watch anew", async () => {
    const endpoint = { url: "https://shop.example/hook", types: ["plan.halted"] }
    await shop.ask("POST", "/v1/webhooks", { body: endpoint })
    const id = await started({ budgets: { money: 1e6, volume: 60 } })
    const reserved = await sendsOf(id, "reserved")
    expect(reserved.length).toBeGreaterThan(50)
    const last = reserved.pop()!
    for (const send of reserved) {
      await said(send, "dispatched")
      await said(send, "returned")
    }
    await turns.turn()
    const halted = await read(id)
    await createPlanTurns(shop.services).turn()
    const { plan, calibration } = halted.monitoring!
    expect((await read(id)).monitoring, "another process reads the same").toMatchObject({ plan, calibration })
    expect(halted).toMatchObject({
      status: "halted",
      monitoring: { plan: { halted: true, keptShare: 0, lowerBound: 0 } },
    })
    expect(halted.reason).toMatch(/promise is broken/)
    expect(await said(last, "dispatched")).toMatchObject({ status: 409, json: { detail: /halted/ } })
    const messages = await shop.ask("GET", "/v1/webhooks/messages")
    expect(JSON.stringify(messages.json), messages.text).toContain("plan.halted")
    const late = (await shop.services.store.plans.read(id))!
    await change(id, "resume")
    await shop.services.store.plans.writeMonitoring(id, late.monitoring!)
    await turns.turn()
    expect(await read(id)).toMatchObject({ status: "running", monitoring: { plan: { halted: false, keptShare: 0 } } })
    expect(await said(last, "dispatched")).toMatchObject({ status: 200 })
    await said(last, "kept")
  })
})

test("two processes that make one plan at once make it once", async () => {
  const { json } = await shop.ask("POST", "/v1/plans", { key: "manage", body: asked })
  const plan = (await shop.services.store.plans.read(String(json.id)))!
  const made = await Promise.all([
    makePlan(shop.services, plan, { actor: tester }),
    makePlan(shop.services, plan, { actor: tester }),
  ])
  expect(made.filter((one) => one === null)).toHaveLength(1)
  expect(await makePlan(shop.services, plan, { actor: tester }), "one that comes late undoes nothing").toBeNull()
  const { status, summary } = await read(plan.id)
  expect(status).toBe("planned")
  expect(await sendsOf(plan.id, "proposed")).toHaveLength(summary!.chosen.sends)
})

test("a planning that was broken off begins anew and forgets what it had proposed", async () => {
  const { json } = await shop.ask("POST", "/v1/plans", { key: "manage", body: asked })
  const plan = (await shop.services.store.plans.read(String(json.id)))!
  const stopping = new AbortController()
  stopping.abort()
  expect(await makePlan(shop.services, plan, { actor: tester, signal: stopping.signal })).toBeNull()
  expect((await read(plan.id)).status).toBe("planning")
  await turns.turn()
  const { summary } = await read(plan.id)
  expect(await sendsOf(plan.id, "proposed")).toHaveLength(summary!.chosen.sends)
})

test("a plan ends when its time to send is over, though some could never be sent", async () => {
  const { store } = shop.services
  const id = await started({ budgets: { money: 1e6, volume: 2 }, sendWithinDays: 3 })
  const [sent, held] = await sendsOf(id, "reserved")
  await store.sends.release([held!], shop.services.clock() + 30 * day)
  const { customerId } = (await store.sends.read(held!))!
  const refusal = optIn({ granted: false, at: new Date().toISOString() })
  await store.customers.setConsent({ customerId }, "unasked-parcel", refusal, { nowMs: Date.now(), actor: null })
  await turns.turn()
  await said(sent!, "dispatched")
  await said(sent!, "kept")
  await turns.turn()
  expect(await read(id)).toMatchObject({ status: "running", monitoring: { states: { kept: 1, approved: 1 } } })
  shop.advance(3 * day)
  await turns.turn()
  expect(await read(id)).toMatchObject({ status: "done" })
})

describe("silence", () => {
  test("after the return window means kept by those who opted in; before any delivery it means lost", async () => {
    const id = await started({ budgets: { money: 1e6, volume: 2 }, returnDays: 10, deliveryDays: 5 })
    const [arrived, never] = await sendsOf(id, "reserved")
    await said(arrived!, "dispatched")
    await said(arrived!, "delivered")
    await said(never!, "dispatched")
    shop.advance(6 * day)
    await turns.turn()
    expect(await read(id)).toMatchObject({ status: "running", monitoring: { states: { delivered: 1, lost: 1 } } })
    shop.advance(5 * day)
    await turns.turn()
    expect(await read(id)).toMatchObject({ status: "done", monitoring: { states: { kept: 1, lost: 1 } } })
  })

  test("about a suggestion means that nobody took it up, unless they bought it; the promise is not about those", async () => {
    const { store } = shop.services
    const given = {
      autonomyLevel: "suggest",
      channel: "web",
      costs: { takeUpRate: 0.5 },
      returnDays: 10,
      deliveryDays: 10,
    }
    const id = await started({ ...given, budgets: { money: 1e6, volume: 2 } })
    const [bought, ignored] = await sendsOf(id, "reserved")
    for (const send of [bought!, ignored!]) await said(send, "dispatched")
    const { customerId, itemId } = (await store.sends.read(bought!))!
    const identifiers = await store.customers.identifiersOf(customerId)
    const lines = [{ itemId, quantity: 1 }]
    const order = anEvent({ name: "Order Completed", identifiers, lines, at: shop.services.clock() + 1000 })
    await store.events.ingest([order], { mayMerge: true, receivedAt: shop.services.clock(), deriveVector: () => null })
    shop.advance(11 * day)
    await turns.turn()
    expect(await read(id)).toMatchObject({
      status: "done",
      monitoring: { states: { kept: 1, lost: 1 }, plan: { sends: 1, keptShare: 1 } },
    })
  })

  test("never bills a gift", async () => {
    const { store } = shop.services
    await aCustomer(store, "gifted", { marketing: optIn() })
    const costs = { goodwill: 40, annoyance: 0 }
    const given = { gifts: "allowed", costs, budgets: { money: 1e6, volume: 100 }, returnDays: 10 }
    const { id, summary } = await planned(given)
    for (const verb of ["approve", "start"]) await change(id, verb)
    await turns.turn()
    expect(summary!.chosen.sends).toBeGreaterThan(0)
    const sends = await store.sends.list({ planId: id, limit: 1000 })
    const gifts = sends.filter(({ gift }) => gift)
    const { customerId } = await store.customers.read({ type: "userId", value: "gifted" })
    expect(gifts.map((send) => send.customerId)).toEqual([customerId])
    await said(gifts[0]!.id, "dispatched")
    await said(gifts[0]!.id, "delivered")
    shop.advance(11 * day)
    await turns.turn()
    expect(await store.sends.read(gifts[0]!.id)).toMatchObject({ state: "gifted" })
    await change(id, "halt")
  })
})

test("goods leave only where a later window has certified the promise, or in a small pilot", async () => {
  const release = await releaseThatKeeps(itemIds, 0.8, { basis: "purchases" })
  const another = await openTestApp({ release })
  try {
    await anItem(another.services.store, "brush", { margin: 8 })
    await aCustomer(another.services.store, "opted", { "unasked-parcel": optIn(), marketing: optIn() })
    await another.refreshCatalogue()
    const own = createPlanTurns(another.services)
    const ask = async (given: object) => {
      const { json } = await another.ask("POST", "/v1/plans", { body: { ...asked, dryRun: true, ...given } })
      await own.turn()
      return (await another.ask("GET", `/v1/plans/${json.id}`)).json as unknown as PlanReply
    }
    const uncertified = await ask({})
    expect(uncertified.summary!.chosen.sends).toBe(0)
    expect(uncertified.summary!.exclusions.map(({ reason }) => reason)).toContain("certificate")
    expect((await ask({ pilot: true })).summary!.chosen.sends).toBeGreaterThan(0)
    expect((await ask({ autonomyLevel: "suggest" })).summary!.chosen.sends).toBeGreaterThan(0)
    const large = await another.ask("POST", "/v1/plans", {
      body: { ...asked, pilot: true, budgets: { money: 1, volume: 501 } },
    })
    expect(large).toMatchObject({ status: 400, json: { errors: [{ pointer: "/budgets/volume" }] } })
  } finally {
    await another.close()
  }
})

test("a shop that has learnt nothing is told to", async () => {
  const bare = await openTestApp()
  try {
    expect(await bare.ask("POST", "/v1/plans", { body: asked })).toMatchObject({
      status: 409,
      json: { code: "conflict", detail: /train a release/ },
    })
  } finally {
    await bare.close()
  }
})

import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest"
import { triggerSchema } from "../../src/core/policy/trigger-schema.ts"
import { fireDue } from "../../src/work/trigger.ts"
import { openTestApp, type TestApp } from "../support/test-app.ts"

const hour = 3_600_000
let shop: TestApp
let customers = 0

beforeAll(async () => {
  shop = await openTestApp()
  await shop.ask("POST", "/v1/webhooks", { body: { url: "https://shop.example/hook" } })
})
afterAll(() => shop.close())
beforeEach(async () => {
  // What happened in the tests before is then no longer fresh.
  shop.advance(25 * hour)
  await shop.sql("delete from webhook_messages")
})

async function someone(): Promise<string> {
  customers += 1
  await happened(`u-${customers}`, "Page Viewed")
  return `u-${customers}`
}

async function whoAgreed(): Promise<string> {
  const userId = await someone()
  await shop.ask("PUT", `/v1/customers/userId:${userId}/consents/service`, {
    body: { granted: true, at: "2020-01-01T00:00:00Z", source: "test", channels: ["email"] },
  })
  return userId
}

async function happened(
  userId: string,
  event: string,
  { ago = 0, ...properties }: { ago?: number; order_id?: string } = {},
) {
  const timestamp = new Date(shop.services.clock() - ago).toISOString()
  const body = { userId, event, timestamp, properties, messageId: shop.services.newId() }
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

describe("a notice always goes out", () => {
  const both = {
    placement: "late-and-sorry",
    trigger: triggerSchema.parse({
      id: "t",
      when: { event: "Delivery Delayed", unless: ["Order Delivered"] },
      channel: "email",
    }),
    sinceMs: 0,
  }
  const fire = async () => (await fireDue(shop.services, both)).fired
  const withAddress = async () => {
    const userId = await someone()
    const traits = { email: `${userId}@mail.example` }
    await shop.ask("POST", "/v1/identify", { body: { userId, traits, messageId: `address ${userId}` } })
    return userId
  }

  beforeAll(async () => {
    const offers = [
      {
        id: "late-2",
        kind: "notice",
        title: "Late",
        value: 0,
        cost: 0.02,
        caseType: "delay",
        placements: ["late-and-sorry"],
      },
      {
        id: "sorry-2",
        kind: "recovery",
        title: "Sorry",
        value: 4,
        cost: 3,
        caseType: "delay",
        placements: ["late-and-sorry"],
        volume: { made: 2 },
      },
    ]
    await shop.ask("POST", "/v1/offers", { body: { offers } })
    await shop.refreshCatalogue()
  })

  test("and a recovery that is worth more joins it: two decisions, two messages, the notice first", async () => {
    const userId = await whoAgreed()
    await happened(userId, "Delivery Delayed", { order_id: "o-1" })
    expect(await fire()).toBe(1)
    const messages = await told()
    expect(messages).toHaveLength(2)
    const [notice, recovery] = ["notice", "recovery"].map((wanted) => messages.find(({ kind }) => kind === wanted))
    expect(notice).toMatchObject({ kind: "notice", legalBasis: "contract", joined: recovery.decisionId })
    expect(recovery).toMatchObject({ kind: "recovery", legalBasis: "consent", joins: notice.decisionId })
    const shown = (await shop.ask("GET", `/v1/decisions/${recovery.decisionId}`)).json
    expect(shown).toMatchObject({ kind: "recovery", joins: notice.decisionId })
    expect(await decisionsOf(userId)).toHaveLength(2)
    const subjects = await shop.sql("select distinct subject from webhook_messages")
    expect(subjects).toEqual([{ subject: notice.decisionId }])
  })

  test("without any consent where an address is known, then alone", async () => {
    const userId = await withAddress()
    await happened(userId, "Delivery Delayed", { order_id: "o-1" })
    expect(await fire()).toBe(1)
    expect(await told()).toMatchObject([{ kind: "notice", legalBasis: "contract" }])
  })

  test("alone where the recoveries are all given away", async () => {
    for (const orderId of ["o-1", "o-2"]) {
      const userId = await whoAgreed()
      await happened(userId, "Delivery Delayed", { order_id: orderId })
    }
    expect(await fire()).toBe(2)
    const kinds = (await told()).map(({ kind }) => kind).sort()
    expect(kinds).toEqual(["notice", "notice", "recovery"])
  })

  test("unless its own order was delivered since; another's delivery does not silence it", async () => {
    const [delivered, waiting] = [await withAddress(), await withAddress()]
    for (const userId of [delivered, waiting])
      await happened(userId, "Delivery Delayed", { order_id: "o-1", ago: hour })
    await happened(delivered, "Order Delivered", { order_id: "o-1" })
    await happened(waiting, "Order Delivered", { order_id: "o-2" })
    expect(await fire()).toBe(1)
    const { json } = await shop.ask("GET", `/v1/customers/userId:${waiting}`)
    expect(await told()).toMatchObject([{ kind: "notice", customerId: json.customerId }])
  })
})

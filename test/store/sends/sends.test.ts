import { afterAll, describe, expect, test } from "vitest"
import type { SendState } from "../../../src/core/history/send-state.ts"
import { policyDraftSchema } from "../../../src/core/policy/policy.ts"
import { tester } from "../../support/actor.ts"
import { createTestDatabase, openTestStore } from "../../support/database.ts"
import { anEvent } from "../../support/events.ts"
import { aCustomer, anItem, aRunningPlan, optIn, request, say, unlimited } from "../../support/plans.ts"

const databaseUrl = await createTestDatabase()
const store = await openTestStore(databaseUrl)
const another = await openTestStore(databaseUrl)
afterAll(() => Promise.all([store.close(), another.close()]))

let made = 0
const someone = (consents?: Record<string, unknown>) => aCustomer(store, `customer-${made++}`, consents)
const someItem = async (given: Record<string, unknown> = {}) => {
  const id = `item-${made++}`
  await anItem(store, id, given)
  return id
}
const stateOf = async (id: string) => (await store.sends.read(id))!.state
const customers = (count: number) => Promise.all(Array.from({ length: count }, () => someone()))

/** One send to a new customer, approved. */
async function anApprovedSend(asked: Record<string, unknown> = {}, consents?: Record<string, unknown>) {
  const customerId = await someone(consents)
  const itemId = await someItem()
  const { planId, sendIds } = await aRunningPlan(store, request(asked), [{ customerId, itemId }])
  await say(store, "approved", sendIds)
  return { customerId, itemId, planId, id: sendIds[0]! }
}

const walk = async (id: string, ...states: SendState[]) => {
  for (const state of states) expect(await say(store, state, [id]), state).toMatchObject([{ status: "recorded" }])
}

describe("whenever it is said to have happened", () => {
  const told = (id: string, to: SendState, at: number) =>
    store.sends.transition({ ids: [id], to, at, nowMs: Date.now(), byTimeout: false, policyOf: () => unlimited })

  test.each([
    ["long ago", 0],
    ["in years", Date.UTC(9999, 0, 1)],
  ])("a word of %s counts between what the send was before and now, and is kept beside that", async (_, at) => {
    const { customerId, id } = await anApprovedSend()
    await walk(id, "reserved")
    const startedAt = (await store.sends.read(id))!.times.reserved!
    expect(await told(id, "dispatched", at)).toMatchObject([{ status: "recorded" }])
    expect(await told(id, "kept", at)).toMatchObject([{ status: "recorded" }])
    const { times } = (await store.sends.read(id))!
    const { reservations } = await store.customers.read({ customerId })
    const counted = [times.dispatched, times.kept, reservations[0]!.activatedAt, reservations[0]!.respondedAt]
    for (const ms of counted) {
      expect(ms).toBeGreaterThanOrEqual(startedAt)
      expect(ms).toBeLessThanOrEqual(Date.now())
    }
    const { events } = (await store.customers.exportAll(customerId))!
    const reported = (events as { properties: { reportedAt?: string } }[]).flatMap(
      ({ properties }) => properties.reportedAt ?? [],
    )
    expect(reported).toEqual([new Date(at).toISOString(), new Date(at).toISOString()])
  })
})

describe("a send's way", () => {
  test("from the proposal until it is kept is told in the customer's history", async () => {
    const { customerId, itemId, id } = await anApprovedSend()
    await walk(id, "reserved", "dispatched", "delivered", "kept")
    const { history, profileVersion } = await store.customers.read({ customerId })
    expect(history.sends).toEqual({ [itemId]: { dispatched: 1, kept: 1, returned: 0, lastAt: expect.any(Number) } })
    const rows = (await store.customers.exportAll(customerId))!
    const names = (rows.events as { name: string }[]).map(({ name }) => name)
    const told = ["Send Approved", "Send Reserved", "Send Dispatched", "Send Delivered", "Send Kept"]
    expect(names.sort()).toEqual(["Product Viewed", ...told].sort())
    expect(profileVersion).toBeGreaterThanOrEqual(6)
    await store.events.refold([customerId], () => null)
    expect((await store.customers.read({ customerId })).history).toEqual(history)
  })

  test("said twice changes nothing, and what is past is past", async () => {
    const { customerId, id } = await anApprovedSend()
    await walk(id, "reserved", "dispatched", "delivered", "returned")
    const before = await store.customers.exportAll(customerId)
    for (const state of ["delivered", "returned", "dispatched", "reserved"] as const)
      expect(await say(store, state, [id])).toMatchObject([{ status: "repeated" }])
    expect(await store.customers.exportAll(customerId)).toEqual(before)
  })

  test("the same word from ten callers at once moves it once", async () => {
    const { customerId, id } = await anApprovedSend()
    await walk(id, "reserved")
    const callers = Array.from({ length: 10 }, (_, n) => say(n % 2 ? store : another, "dispatched", [id]))
    const statuses = (await Promise.all(callers)).map(([result]) => result!.status)
    expect(statuses.filter((status) => status === "recorded")).toHaveLength(1)
    expect(statuses.filter((status) => status === "repeated")).toHaveLength(9)
    const { history } = await store.customers.read({ customerId })
    expect(Object.values(history.sends!)).toMatchObject([{ dispatched: 1 }])
  })

  test("what cannot follow is refused with a reason", async () => {
    const { id } = await anApprovedSend()
    expect(await say(store, "kept", [id])).toMatchObject([{ status: "refused", reason: /cannot become kept/ }])
    expect(await stateOf(id)).toBe("approved")
  })

  test("a gift that somebody says was kept is a gift", async () => {
    const customerId = await someone({ marketing: optIn() })
    const itemId = await someItem()
    const sends = [{ customerId, itemId, gift: true }]
    const { sendIds } = await aRunningPlan(store, request({ gifts: "allowed" }), sends)
    await say(store, "approved", sendIds)
    await walk(sendIds[0]!, "reserved", "dispatched", "delivered")
    expect(await say(store, "kept", sendIds)).toMatchObject([{ send: { state: "gifted" } }])
    const { history } = await store.customers.read({ customerId })
    expect(history.sends![itemId]).toMatchObject({ kept: 0, returned: 0 })
  })

  test("nobody in the holdout is ever sent anything", async () => {
    const customerId = await someone()
    const sends = [{ customerId, itemId: await someItem(), inHoldout: true }]
    const { sendIds } = await aRunningPlan(store, request(), sends)
    expect(await say(store, "approved", sendIds)).toMatchObject([{ status: "refused", reason: /holdout/ }])
  })
})

describe("consent", () => {
  test.each([
    ["no word at all", {}],
    ["marketing only", { marketing: optIn() }],
    ["a refusal", { "unasked-parcel": optIn({ granted: false }) }],
    ["an opt-in elsewhere", { "unasked-parcel": optIn({ channels: ["email"] }) }],
    ["another category", { "unasked-parcel": optIn({ categories: ["toys"] }) }],
    ["a lower ceiling", { "unasked-parcel": optIn({ priceCeiling: { amount: 19.99, currency: "EUR" } }) }],
  ])("%s reserves nothing", async (_, consents) => {
    const { id } = await anApprovedSend({}, consents)
    expect(await say(store, "reserved", [id])).toMatchObject([{ status: "refused" }])
    expect(await stateOf(id)).toBe("approved")
  })

  test("that is not known makes no gift either", async () => {
    const { id } = await anApprovedSend({ gifts: "allowed" }, {})
    expect(await say(store, "reserved", [id])).toMatchObject([{ status: "refused" }])
  })

  test("planned with an opt-in that is not known any more is no gift in disguise", async () => {
    const { id } = await anApprovedSend({ gifts: "allowed" }, { marketing: optIn() })
    expect(await say(store, "reserved", [id])).toMatchObject([{ status: "refused", reason: /not known any more/ }])
  })

  test("withdrawn after the reservation stops the dispatch", async () => {
    const { customerId, id } = await anApprovedSend()
    await walk(id, "reserved")
    const withdrawn = optIn({ granted: false, at: "2026-02-01T00:00:00.000Z" })
    await store.customers.setConsent({ customerId }, "unasked-parcel", withdrawn, { nowMs: Date.now(), actor: null })
    expect(await say(store, "dispatched", [id])).toMatchObject([{ status: "refused", reason: /not opted in/ }])
  })

  test("a complaint opened after the reservation stops the dispatch", async () => {
    const { customerId, id } = await anApprovedSend()
    await walk(id, "reserved")
    const { identifiers } = { identifiers: await store.customers.identifiersOf(customerId) }
    const complaint = anEvent({ name: "Complaint Opened", identifiers, lines: [], at: Date.now() })
    await store.events.ingest([complaint], { mayMerge: true, receivedAt: Date.now(), deriveVector: () => null })
    expect(await say(store, "dispatched", [id])).toMatchObject([{ status: "refused", reason: /complaint/ }])
  })
})

describe("a veto", () => {
  test("before the dispatch is honoured and gives everything back", async () => {
    const itemId = await someItem({ stock: 1 })
    const [one, two] = await customers(2)
    const sends = [one!, two!].map((customerId) => ({ customerId, itemId }))
    const { sendIds } = await aRunningPlan(store, request({ budgets: { money: 10, volume: 1 } }), sends)
    await say(store, "approved", sendIds)
    await walk(sendIds[0]!, "reserved")
    expect(await say(store, "reserved", [sendIds[1]!])).toMatchObject([{ status: "refused" }])
    await walk(sendIds[0]!, "vetoed")
    expect(await say(store, "dispatched", [sendIds[0]!])).toMatchObject([{ status: "refused" }])
    await walk(sendIds[1]!, "reserved", "dispatched")
  })

  test("after the dispatch comes too late and says so", async () => {
    const { id } = await anApprovedSend()
    await walk(id, "reserved", "dispatched")
    expect(await say(store, "vetoed", [id])).toMatchObject([{ status: "refused", reason: /too late/ }])
  })

  test("during an approval wins", async () => {
    const itemId = await someItem()
    const sends = (await customers(40)).map((customerId) => ({ customerId, itemId }))
    const { sendIds } = await aRunningPlan(store, request(), sends)
    const vetoes = sendIds.filter((_, n) => n % 2 === 0)
    await Promise.all([
      say(store, "approved", sendIds),
      ...vetoes.map((id) => say(another, "vetoed", [id])),
      say(store, "approved", sendIds),
    ])
    await say(store, "approved", sendIds)
    await say(store, "reserved", sendIds)
    for (const [n, id] of sendIds.entries()) expect(await stateOf(id)).toBe(n % 2 === 0 ? "vetoed" : "reserved")
  })

  test("is waited for before an announced parcel leaves", async () => {
    const consents = { "unasked-parcel": optIn(), service: optIn() }
    const { id } = await anApprovedSend({ autonomyLevel: "announce", vetoHours: 48 }, consents)
    await walk(id, "reserved")
    expect(await say(store, "dispatched", [id])).toMatchObject([{ status: "refused", reason: /say no until/ }])
    const later = await say(store, "dispatched", [id], { at: Date.now() + 49 * 3_600_000 })
    expect(later).toMatchObject([{ status: "recorded" }])
  })
})

describe("what is scarce", () => {
  /** Two planners reserve the same sends in chunks, in opposite order. */
  async function reserveByTwo(sendIds: readonly string[]) {
    const chunks = Array.from({ length: Math.ceil(sendIds.length / 7) }, (_, n) => sendIds.slice(n * 7, n * 7 + 7))
    await Promise.all([
      ...chunks.map((ids) => say(store, "reserved", ids)),
      ...chunks.toReversed().map((ids) => say(another, "reserved", ids)),
    ])
    const states = await Promise.all(sendIds.map(stateOf))
    return states.filter((state) => state === "reserved").length
  }

  const sixty = customers(60)

  /** A plan for sixty customers who have nothing under way. */
  async function planForSixty(asked: Record<string, unknown>, itemId: string) {
    const budgets = { money: 1e6, volume: 1e6, inFlightPerCustomer: 20, ...(asked.budgets as object) }
    const sends = (await sixty).map((customerId) => ({ customerId, itemId }))
    const { sendIds } = await aRunningPlan(store, request({ ...asked, budgets }), sends)
    await say(store, "approved", sendIds)
    return sendIds
  }

  test("money is never exceeded by two planners at once", async () => {
    const ids = await planForSixty({ budgets: { money: 10 * 13 + 9 } }, await someItem())
    expect(await reserveByTwo(ids)).toBe(13)
  })

  test("volume is never exceeded by two planners at once", async () => {
    expect(await reserveByTwo(await planForSixty({ budgets: { volume: 17 } }, await someItem()))).toBe(17)
  })

  test("no more are in flight than may be, until some have ended", async () => {
    const ids = await planForSixty({ budgets: { inFlight: 5 } }, await someItem())
    expect(await reserveByTwo(ids)).toBe(5)
    const reserved: string[] = []
    for (const id of ids) if ((await stateOf(id)) === "reserved") reserved.push(id)
    await say(store, "dispatched", reserved)
    expect(await reserveByTwo(ids)).toBe(0)
    await say(store, "kept", reserved.slice(0, 2))
    await say(store, "lost", reserved.slice(2, 3))
    expect(await reserveByTwo(ids)).toBe(3)
  })

  test("two plans share the stock, and what has left is out of the catalogue", async () => {
    const itemId = await someItem({ stock: 11 })
    const [first, second] = await Promise.all([planForSixty({}, itemId), planForSixty({}, itemId)])
    expect(await reserveByTwo([...first!, ...second!])).toBe(11)
    const reserved: string[] = []
    for (const id of [...first!, ...second!]) if ((await stateOf(id)) === "reserved") reserved.push(id)
    await Promise.all(reserved.slice(0, 4).map((id, n) => say(n % 2 ? store : another, "dispatched", [id])))
    expect(await store.items.get(itemId)).toMatchObject({ stock: 11 - 4 })
    expect(await reserveByTwo([...first!, ...second!])).toBe(11 - 4)
    await say(store, "vetoed", reserved.slice(4, 6))
    const [third] = await Promise.all([planForSixty({}, itemId)])
    expect(await reserveByTwo(third!)).toBe(2)
  })

  test("a placement's budget holds over all its plans", async () => {
    const budget = { amount: 10 * 6 + 5, currency: "EUR", per: "ever" as const }
    const policy = { ...unlimited, budget }
    const asked = { placement: `placement-${made++}` }
    const plans = [await planForSixty(asked, await someItem()), await planForSixty(asked, await someItem())]
    await Promise.all(plans.map((ids, n) => say(n ? store : another, "reserved", ids, { policy })))
    const states = await Promise.all(plans.flat().map(stateOf))
    expect(states.filter((state) => state === "reserved")).toHaveLength(6)
  })

  test("a customer gets one at a time, whatever plans compete for them", async () => {
    const customerId = await someone()
    const plans = await Promise.all(
      Array.from({ length: 6 }, async () => {
        const { sendIds } = await aRunningPlan(store, request(), [{ customerId, itemId: await someItem() }])
        await say(store, "approved", sendIds)
        return sendIds[0]!
      }),
    )
    await Promise.all(plans.map((id, n) => say(n % 2 ? store : another, "reserved", [id])))
    const states = await Promise.all(plans.map(stateOf))
    expect(states.filter((state) => state === "reserved")).toHaveLength(1)
  })

  test("the contact policy's caps count parcels with everything else", async () => {
    const customerId = await someone()
    const contact = { caps: [{ id: "post", channels: ["post"], limit: 2, windowHours: 168 }], quietHours: null }
    const policy = { version: "caps-1", placement: "parcels", ...policyDraftSchema.parse({ contact }) }
    const itemIds = await Promise.all(Array.from({ length: 4 }, () => someItem()))
    const asked = request({ budgets: { money: 1e6, volume: 10, contactsPerCustomer: 9, inFlightPerCustomer: 9 } })
    const sends = itemIds.map((itemId) => ({ customerId, itemId }))
    const { sendIds } = await aRunningPlan(store, asked, sends)
    await say(store, "approved", sendIds)
    const results = await say(store, "reserved", sendIds, { policy })
    expect(results.filter(({ status }) => status === "recorded")).toHaveLength(2)
  })
})

describe("a plan that is halted", () => {
  test("reserves and dispatches nothing more, and learns what becomes of what has left", async () => {
    const itemId = await someItem()
    const sends = (await customers(3)).map((customerId) => ({ customerId, itemId }))
    const { planId, sendIds } = await aRunningPlan(store, request(), sends)
    await say(store, "approved", sendIds)
    await walk(sendIds[0]!, "reserved", "dispatched")
    await walk(sendIds[1]!, "reserved")
    await store.plans.change({
      id: planId,
      from: ["running"],
      to: "halted",
      at: Date.now(),
      reason: "test",
      actor: tester,
    })
    for (const [id, state] of [
      [sendIds[1]!, "dispatched"],
      [sendIds[2]!, "reserved"],
    ] as const)
      expect(await say(store, state, [id])).toMatchObject([{ status: "refused", reason: /halted/ }])
    await walk(sendIds[0]!, "delivered", "returned")
    await walk(sendIds[1]!, "vetoed")
  })
})

describe("a segment that is halted", () => {
  test("gets nothing more while the others go on", async () => {
    const itemId = await someItem()
    const [one, two] = await customers(2)
    const { planId, sendIds } = await aRunningPlan(store, request(), [
      { customerId: one!, itemId, segment: "good" },
      { customerId: two!, itemId, segment: "bad" },
    ])
    await say(store, "approved", sendIds)
    const read = { sends: 50, customers: 50, expectedKeptShare: 0.8, keptShare: 0.8, lowerBound: 0.7, halted: false }
    const monitoring = {
      at: new Date().toISOString(),
      states: {},
      plan: read,
      segments: [
        { segment: "good", ...read },
        { segment: "bad", ...read, halted: true },
      ],
      calibration: [],
      increment: null,
      haltMonitorSince: null,
    }
    await store.plans.writeMonitoring(planId, monitoring)
    expect(await say(store, "reserved", [sendIds[1]!])).toMatchObject([
      { status: "refused", reason: /halted for the segment bad/ },
    ])
    await walk(sendIds[0]!, "reserved", "dispatched")
  })
})

describe("a reservation that nobody uses", () => {
  test("is given back, and the send is reserved anew", async () => {
    const itemId = await someItem({ stock: 1 })
    const [customerId] = await customers(1)
    const { sendIds } = await aRunningPlan(store, request({ reservationDays: 2 }), [
      { customerId: customerId!, itemId },
    ])
    await say(store, "approved", sendIds)
    const monthsAgo = Date.now() - 60 * 86_400_000
    await say(store, "reserved", sendIds, { at: monthsAgo })
    expect((await store.sends.overdue(Date.now(), 1000)).map(({ id }) => id)).toContain(sendIds[0])
    expect(await store.sends.release(sendIds, Date.now())).toBe(1)
    expect(await store.sends.release(sendIds, Date.now())).toBe(0)
    await walk(sendIds[0]!, "reserved", "dispatched")
    expect(await store.items.get(itemId)).toMatchObject({ stock: 0 })
  })
})

describe("a customer's rights", () => {
  test("an export shows the sends; erasing forgets them and gives back what they held", async () => {
    const { customerId, id, planId } = await anApprovedSend()
    await walk(id, "reserved")
    expect((await store.customers.exportAll(customerId))!.sends).toMatchObject([{ id, state: "reserved" }])
    const suppliesBefore = await store.capacities.read(Date.now())
    await store.customers.erase({ customerId }, tester)
    expect(await store.sends.read(id)).toBeNull()
    expect(await store.customers.exportAll(customerId)).toBeNull()
    expect(await say(store, "dispatched", [id])).toEqual([])
    const moneyKey = `plan:${planId}:money`
    expect(suppliesBefore.get(moneyKey)).toBe(10)
    expect((await store.capacities.read(Date.now())).get(moneyKey)).toBe(0)
  })

  test("two customers who turn out to be one have the sends and the counts of both", async () => {
    const first = await anApprovedSend()
    const second = await anApprovedSend()
    await walk(first.id, "reserved", "dispatched", "kept")
    await walk(second.id, "reserved", "dispatched")
    const [older, newer] = await Promise.all(
      [first, second].map(({ customerId }) => store.customers.identifiersOf(customerId)),
    )
    const alias = anEvent({ name: "alias", identifiers: older!, previousId: newer![0]!.value, lines: [] })
    await store.events.ingest([alias], { mayMerge: true, receivedAt: Date.now(), deriveVector: () => null })
    await walk(second.id, "returned")
    const { customerId, history } = await store.customers.read({ customerId: second.customerId })
    expect((await store.sends.read(second.id))!.customerId).toBe(customerId)
    expect((await store.sends.read(first.id))!.customerId).toBe(customerId)
    expect(history.sends![first.itemId]).toMatchObject({ kept: 1 })
    expect(history.sends![second.itemId]).toMatchObject({ returned: 1 })
  })
})

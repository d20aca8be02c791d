import { afterAll, beforeAll, describe, expect, test } from "vitest"
import type { Identifier } from "../../../src/core/customer/identifier.ts"
import type { IncomingEvent } from "../../../src/core/history/event.ts"
import { fold } from "../../../src/core/history/fold.ts"
import { emptyHistory } from "../../../src/core/history/history.ts"
import {
  maxIdentifiersOfType,
  publicKeyRefusal,
  sharedDeviceRefusal,
  tooManyIdentifiersRefusal,
} from "../../../src/core/identity/plan-joins.ts"
import type { Decision } from "../../../src/store/decisions/decision-types.ts"
import type { CustomerEvent, EventResult } from "../../../src/store/events/event-types.ts"
import type { Store } from "../../../src/store/store.ts"
import { createTestDatabase, openTestStore } from "../../support/database.ts"
import { anEvent } from "../../support/events.ts"
import { aReservationRequest } from "../../support/reservation-requests.ts"
import { sendAgain } from "../../support/send-again.ts"

let url: string
let store: Store
let other: Store

beforeAll(async () => {
  url = await createTestDatabase()
  store = await openTestStore(url)
  other = await openTestStore(url)
})
afterAll(() => Promise.all([store.close(), other.close()]))

const server = { mayMerge: true, receivedAt: 1_700_000_000_000, deriveVector: () => null }
const browser = { ...server, mayMerge: false }
const endOfTime = Date.UTC(9999, 0)
const userId = (value: string): Identifier => ({ type: "userId", value })
const anonymousId = (value: string): Identifier => ({ type: "anonymousId", value })

async function eventsOf(customerId: string) {
  const found: string[] = []
  for await (const events of store.events.readAll(endOfTime))
    for (const event of events) if (event.customerId === customerId) found.push(event.messageId)
  return found
}

test("an event makes its customer under the id that was derived before, and folds their history", async () => {
  const who = userId("first")
  const before = await store.customers.read(who)
  expect(before).toMatchObject({ known: false, identified: false, history: emptyHistory, createdAt: null })
  const events = [anEvent({ identifiers: [who] }), anEvent({ identifiers: [who], name: "Order Completed" })]
  const results = await store.events.ingest(events, server)
  expect(results.map(({ status, customerId }) => [status, customerId])).toEqual([
    ["accepted", before.customerId],
    ["accepted", before.customerId],
  ])
  const after = await store.customers.read(who)
  expect(after).toMatchObject({ known: true, identified: true, stage: "access", createdAt: server.receivedAt })
  expect(after.history).toEqual(fold(emptyHistory, events))
})

test("a message is recorded once, within a request, between requests and between servers", async () => {
  const event = anEvent({ identifiers: [userId("once")] })
  const [first, second] = await store.events.ingest([event, event], server)
  expect([first!.status, second!.status]).toEqual(["accepted", "duplicate"])
  const retries = await Promise.all([store.events.ingest([event], server), other.events.ingest([event], server)])
  expect(retries.flat().map(({ status }) => status)).toEqual(["duplicate", "duplicate"])
  expect((await store.customers.read(userId("once"))).history.items["sku-1"]!.views).toBe(1)
})

test("an unknown anonymousId joins the userId it comes with", async () => {
  await store.events.ingest([anEvent({ identifiers: [userId("joined"), anonymousId("device")] })], browser)
  const byDevice = await store.customers.read(anonymousId("device"))
  expect(byDevice.customerId).toBe((await store.customers.read(userId("joined"))).customerId)
  expect(byDevice.identified).toBe(true)
})

describe("two existing customers", () => {
  async function twoCustomers(name: string) {
    const visits = [anEvent({ identifiers: [anonymousId(name)] }), anEvent({ identifiers: [anonymousId(name)] })]
    const orders = [anEvent({ identifiers: [userId(name)], name: "Order Completed" })]
    const [visit] = await store.events.ingest(visits, server)
    const [order] = await store.events.ingest(orders, { ...server, receivedAt: server.receivedAt + 1 })
    return { events: [...visits, ...orders], older: visit!.customerId!, newer: order!.customerId! }
  }
  const both = (name: string): Partial<IncomingEvent> => ({ identifiers: [userId(name), anonymousId(name)] })

  test("become the older one when a server-side key joins them: histories, events and identifiers", async () => {
    const { events, older, newer } = await twoCustomers("merge")
    const joining = anEvent({ ...both("merge"), name: "Customer Identified", lines: [] })
    const [result] = await store.events.ingest([joining], server)
    expect(result).toEqual({ messageId: joining.messageId, status: "accepted", customerId: older })
    for (const who of [userId("merge"), anonymousId("merge"), { customerId: newer }]) {
      const found = await store.customers.read(who)
      expect(found.customerId).toBe(older)
      expect(found.history).toEqual(fold(emptyHistory, [...events, joining]))
    }
    expect(await eventsOf(newer)).toEqual([])
    expect(await eventsOf(older)).toEqual([...events, joining].map(({ messageId }) => messageId))
    const retries = await store.events.ingest(events, server)
    expect(retries.map(({ status }) => status)).toEqual(["duplicate", "duplicate", "duplicate"])
  })

  test("stay two when a public key names both: the event is recorded for the userId, and the result says so", async () => {
    const { older, newer } = await twoCustomers("refused")
    const [result] = await store.events.ingest([anEvent(both("refused"))], browser)
    expect(result).toMatchObject({ status: "accepted", customerId: newer, reason: publicKeyRefusal })
    expect((await store.customers.read(anonymousId("refused"))).customerId).toBe(older)
  })

  test("stay two when both have a userId, for a device may be shared; an alias says they are one person", async () => {
    const [first, second] = await store.events.ingest(
      ["ann", "bob"].map((name) => anEvent({ identifiers: [userId(name), anonymousId("tablet")] })),
      server,
    )
    expect(first!.customerId).not.toBe(second!.customerId)
    expect(second!.reason).toBe(sharedDeviceRefusal)
    const [aliased] = await store.events.ingest(
      [anEvent({ identifiers: [userId("bob")], previousId: "ann", lines: [] })],
      server,
    )
    expect(aliased).toMatchObject({
      status: "accepted",
      customerId: (await store.customers.read(userId("ann"))).customerId,
    })
    expect((await store.customers.read(userId("bob"))).customerId).toBe(aliased!.customerId)
  })

  test("merge in a chain of any length, and every former id still leads to the one that is left", async () => {
    const names = ["c1", "c2", "c3", "c4"]
    const ids: string[] = []
    for (const [i, name] of names.entries()) {
      const [result] = await store.events.ingest([anEvent({ identifiers: [userId(name)] })], {
        ...server,
        receivedAt: server.receivedAt + 10 - i,
      })
      ids.push(result!.customerId!)
    }
    for (const [from, into] of [
      ["c1", "c2"],
      ["c2", "c3"],
      ["c3", "c4"],
    ] as const)
      await store.events.ingest([anEvent({ identifiers: [userId(into)], previousId: from, lines: [] })], server)
    const found = await Promise.all(ids.map((customerId) => store.customers.read({ customerId })))
    expect(new Set(found.map(({ customerId }) => customerId))).toEqual(new Set([ids[3]]))
    expect(found[0]!.history.items["sku-1"]!.views).toBe(names.length)
  })
})

test("an alias before anything else is known joins whatever comes under either name", async () => {
  await store.events.ingest(
    [anEvent({ identifiers: [userId("early")], previousId: "early-device", lines: [] })],
    server,
  )
  const [later] = await store.events.ingest([anEvent({ identifiers: [anonymousId("early-device")] })], server)
  expect(later!.customerId).toBe((await store.customers.read(userId("early"))).customerId)
})

test("a public key's identifiers other than userId and anonymousId count for nothing", async () => {
  const email: Identifier = { type: "email", value: "victim@example.com" }
  await store.events.ingest([anEvent({ identifiers: [email] })], server)
  const [result] = await store.events.ingest([anEvent({ identifiers: [anonymousId("stranger"), email] })], browser)
  expect(result!.customerId).not.toBe((await store.customers.read(email)).customerId)
})

test("an event that cannot be written harms no other in its group", async () => {
  const bad = anEvent({ identifiers: [userId("bad")], name: "half a pair \u0000" })
  const good = [anEvent({ identifiers: [userId("good")] }), anEvent({ identifiers: [userId("good")] })]
  const results = await store.events.ingest([good[0]!, bad, good[1]!], server)
  expect(results.map(({ status }) => status)).toEqual(["accepted", "rejected", "accepted"])
})

test("two servers that join, merge and record the same customers at once lose nothing and do not deadlock", async () => {
  const people = Array.from({ length: 12 }, (_, i) => `busy-${i}`)
  const oneAfterAnother = async (side: Store, worker: number) => {
    const results: EventResult[] = []
    for (let i = worker; i < worker + 25; i++) {
      const [a, b] = [people[(i * 5 + worker) % 12]!, people[(i * 7 + 3) % 12]!]
      const alias = anEvent({ identifiers: [userId(a)], previousId: b, lines: [] })
      const event = i % 8 === 0 ? alias : anEvent({ identifiers: [userId(a), anonymousId(b)] })
      const sent = await sendAgain(() => side.events.ingest([event], { ...server, receivedAt: server.receivedAt + i }))
      results.push(...sent)
    }
    return results
  }
  const workers = [store, other].flatMap((side) => [0, 1, 2, 3].map((worker) => oneAfterAnother(side, worker)))
  const results = (await Promise.all(workers)).flat()
  expect(results.filter(({ status }) => status !== "accepted")).toEqual([])
  const stored = new Map<string, CustomerEvent[]>()
  for await (const batch of store.events.readAll(endOfTime))
    for (const event of batch) stored.set(event.customerId, [...(stored.get(event.customerId) ?? []), event])
  const customers = await Promise.all(people.map((name) => store.customers.read(userId(name))))
  const sent = new Set(results.map(({ messageId }) => messageId))
  for (const { customerId, history } of customers) {
    const own = stored.get(customerId)!
    expect(history).toEqual(fold(emptyHistory, own))
    for (const { messageId } of own) sent.delete(messageId)
  }
  expect(sent).toEqual(new Set())
})

test("a merge takes decisions, outcomes, content and reservations along; content of the older customer stays", async () => {
  const [kept, gone] = [userId("rows-kept"), userId("rows-gone")]
  for (const [i, who] of [kept, gone].entries())
    await store.events.ingest([anEvent({ identifiers: [who] })], { ...server, receivedAt: server.receivedAt + i })
  const answers = [
    { who: kept, id: "018f0000-0000-7000-8000-0000000000a1", slots: ["both"] },
    { who: gone, id: "018f0000-0000-7000-8000-0000000000a2", slots: ["both", "own"] },
  ]
  for (const { who, id, slots } of answers) {
    const { customerId } = await store.customers.read(who)
    for (const [i, slot] of slots.entries()) {
      const decisionId = i === 0 ? id : `${id.slice(0, -2)}b1`
      const decision = aDecision(decisionId, customerId)
      const reservation = {
        decisionId,
        offerId: "o",
        channel: "email" as const,
        reservedAt: 1,
        expiresAt: endOfTime,
        activatedAt: null,
      }
      const body = Buffer.from(`${who.value} ${slot}`)
      const key = { customerId, placement: "weekly", campaign: "c", slot }
      await store.contents.keep(key, { json: body, html: body, text: body }, decision, aReservationRequest(reservation))
      const clicked = { messageId: decisionId, outcome: "click", reportedAt: 1_700_000_000_005, value: null } as const
      await store.decisions.recordOutcome(decisionId, clicked, 1_700_000_000_005)
    }
  }
  await store.events.ingest([anEvent({ identifiers: [kept], previousId: gone.value, lines: [] })], server)
  const { customerId, reservations } = await store.customers.read(gone)
  expect(customerId).toBe((await store.customers.read(kept)).customerId)
  expect(reservations).toHaveLength(3)
  const rows = await store.customers.exportAll(customerId)
  expect(rows!.decisions!.map((row) => (row as { customerId: string }).customerId)).toEqual(Array(3).fill(customerId))
  expect(rows!.outcomes).toHaveLength(3)
  const bytesIn = async (slot: string) => {
    const found = await store.contents.read({ customerId, placement: "weekly", campaign: "c", slot }, ["html"])
    return Buffer.from(found!.bodies.html!).toString()
  }
  expect([await bytesIn("both"), await bytesIn("own")]).toEqual(["rows-kept both", "rows-gone own"])
  const read = await store.decisions.read(answers[1]!.id)
  expect(read).toMatchObject({ decision: { customerId }, outcomes: [{ outcome: "click" }] })
})

const aDecision = (id: string, customerId: string): Decision => ({
  id,
  customerId,
  at: 1_700_000_000_000,
  verb: "content",
  placement: "weekly",
  channel: "email",
  kind: "promotion",
  offerId: "o",
  releaseId: null,
  policyVersion: "1",
  trace: {},
  expiresAt: null,
  activatedAt: null,
})

test("bulk leaves histories for a refold, which gives what folding one by one gives", async () => {
  const events = Array.from({ length: 50 }, (_, i) =>
    anEvent({
      identifiers: [userId(`bulk-${i % 5}`)],
      name: i % 3 === 0 ? "Order Completed" : "Product Viewed",
      lines: [{ itemId: `sku-${i % 7}`, quantity: 1 + (i % 2) }],
    }),
  )
  const results = await store.events.append(events, server)
  const { customerId, history } = await store.customers.read(userId("bulk-3"))
  expect(history).toEqual(emptyHistory)
  await store.events.refold([...new Set(results.map((result) => result.customerId!))], () => null)
  const own = events.filter((_, i) => results[i]!.customerId === customerId)
  expect(own).toHaveLength(10)
  expect((await store.customers.read({ customerId })).history).toEqual(fold(emptyHistory, own))
})

test("a vector is written with the history it was derived from", async () => {
  const releaseId = "018f0000-0000-7000-8000-000000000001"
  const vector = Float32Array.of(1.5, -2, 3.25e-7)
  const deriveVector = () => ({ releaseId, vector })
  await store.events.ingest([anEvent({ identifiers: [userId("vector")] })], { ...server, deriveVector })
  const found = await store.customers.read(userId("vector"))
  expect(found.vector).toEqual(vector)
  expect(found.vectorRelease).toBe(releaseId)
})

test("a customer has at most a hundred identifiers of a type; an event that names one more is recorded, not joined", async () => {
  const owner = userId("machine")
  const visits = Array.from({ length: maxIdentifiersOfType + 1 }, (_, n) =>
    anEvent({ identifiers: [owner, anonymousId(`browser-${String(n).padStart(3, "0")}`)] }),
  )
  const results = await store.events.ingest(visits, server)
  expect(results.map(({ reason }) => reason)).toEqual([
    ...Array(maxIdentifiersOfType).fill(undefined),
    tooManyIdentifiersRefusal,
  ])
  const { customerId } = await store.customers.read(owner)
  expect(await eventsOf(customerId)).toHaveLength(visits.length)
  expect(await store.customers.identifiersOf(customerId)).toHaveLength(1 + maxIdentifiersOfType)
  const email = anEvent({ identifiers: [owner, { type: "email", value: "machine@example.com" }] })
  const again = anEvent({ identifiers: [owner, anonymousId("browser-101")] })
  const [joined, refused] = await store.events.ingest([email, again], server)
  expect([joined!.reason, refused!.reason]).toEqual([undefined, tooManyIdentifiersRefusal])
})

describe("when a customer has a hundred browsers", () => {
  const day = 86_400_000
  const at = (days: number, from: typeof server) => ({ ...from, receivedAt: server.receivedAt + days * day })
  const visit = (owner: string, browser: string) =>
    anEvent({ identifiers: [userId(owner), anonymousId(`${owner}-${browser}`)] })
  const browsersOf = async (owner: string) => {
    const { customerId } = await store.customers.read(userId(owner))
    const identifiers = await store.customers.identifiersOf(customerId)
    return identifiers.flatMap(({ type, value }) => (type === "anonymousId" ? [value.slice(owner.length + 1)] : []))
  }
  const junk = (owner: string, count: number) => Array.from({ length: count }, (_, n) => visit(owner, `junk-${n}`))

  test("those that a public key attached and nobody used for longest make room", async () => {
    await store.events.ingest(junk("full", maxIdentifiersOfType), at(0, browser))
    await store.events.ingest([visit("full", "junk-0")], at(2, browser))
    const [real] = await store.events.ingest([visit("full", "real")], at(3, browser))
    expect(real!.reason).toBeUndefined()
    const browsers = await browsersOf("full")
    expect(browsers).toHaveLength(maxIdentifiersOfType)
    expect(browsers).toEqual(expect.arrayContaining(["real", "junk-0"]))
    expect(browsers).not.toContain("junk-1")
    const [back] = await store.events.ingest([visit("full", "junk-1")], at(4, browser))
    expect(back).toMatchObject({ status: "accepted" })
    expect(await browsersOf("full")).toContain("junk-1")
  })

  test("those that a server attached, or confirmed, stay", async () => {
    await store.events.ingest(junk("kept", maxIdentifiersOfType - 1), at(0, browser))
    await store.events.ingest([visit("kept", "server"), visit("kept", "junk-0")], at(1, server))
    await store.events.ingest(
      Array.from({ length: 2 * maxIdentifiersOfType }, (_, n) => visit("kept", `more-${n}`)),
      at(2, browser),
    )
    const browsers = await browsersOf("kept")
    expect(browsers).toHaveLength(maxIdentifiersOfType)
    expect(browsers).toEqual(expect.arrayContaining(["server", "junk-0"]))
  })

  test("a server's takes the place of a claim", async () => {
    await store.events.ingest(junk("vouched", maxIdentifiersOfType), at(0, browser))
    const [vouched] = await store.events.ingest([visit("vouched", "server")], at(1, server))
    expect(vouched!.reason).toBeUndefined()
    expect(await browsersOf("vouched")).toContain("server")
    expect(await browsersOf("vouched")).toHaveLength(maxIdentifiersOfType)
  })
})

test("an anonymousId that a browser planted with a customer moves to whom a server says it belongs", async () => {
  const [planted] = await store.events.ingest(
    [anEvent({ identifiers: [userId("planted-on"), anonymousId("own browser")] })],
    browser,
  )
  const email: Identifier = { type: "email", value: "own@example.com" }
  const [said] = await store.events.ingest([anEvent({ identifiers: [anonymousId("own browser"), email] })], server)
  expect(said!.customerId).not.toBe(planted!.customerId)
  expect(await store.customers.identifiersOf(planted!.customerId!)).toEqual([userId("planted-on")])
  expect((await store.customers.read(anonymousId("own browser"))).customerId).toBe(said!.customerId)
})

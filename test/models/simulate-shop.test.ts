import { createHash } from "node:crypto"
import { expect, test } from "vitest"
import { demoShop } from "../../models/simulate/seed-demo.ts"
import { simulateShop } from "../../models/simulate/simulate-shop.ts"
import { defaultWorld, parseWorld, randomWorld, type World } from "../../models/simulate/world.ts"
import { itemSchema } from "../../src/core/catalogue/item.ts"
import { offerKinds, offerSchema } from "../../src/core/catalogue/offer.ts"
import { consentSchema } from "../../src/core/customer/consent.ts"
import { validationError } from "../../src/core/history/check-event.ts"
import { isEventName } from "../../src/core/history/event-table.ts"

const endMs = Date.UTC(2026, 5, 15, 13, 30)
const dayMs = 86_400_000
const small: World = { ...defaultWorld, customers: 150, items: 120 }

function digestOf(world: World, seed: number): string {
  const { items, offers, consents, events } = simulateShop(world, seed, endMs)
  const hash = createHash("sha256").update(JSON.stringify([items, offers, consents]))
  for (const event of events()) hash.update(JSON.stringify(event))
  return hash.digest("hex")
}

test("the same seed gives the same shop to the byte, another seed another", () => {
  const digest = digestOf(small, 1)
  expect(digestOf(small, 1)).toBe(digest)
  expect(digestOf(small, 2)).not.toBe(digest)
})

test("the demo has the stated size: 2,500 customers, 400 items, 80,000 to 120,000 events in a year", async () => {
  const shop = demoShop({ endMs })
  let count = 0
  let lastAt = endMs - 365 * dayMs
  const messageIds = new Set<string>()
  const names = new Set<string>()
  for await (const batch of shop.eventBatches()) {
    for (const event of batch) {
      count++
      names.add(event.name)
      messageIds.add(event.messageId)
      if (event.at < lastAt || event.at > endMs) throw new Error(`${event.messageId} is out of order`)
      if (validationError(event)) throw new Error(validationError(event))
      lastAt = event.at
    }
  }
  expect(count).toBeGreaterThan(80_000)
  expect(count).toBeLessThan(120_000)
  expect(messageIds.size).toBe(count)
  expect(endMs - lastAt).toBeLessThan(dayMs)
  expect([shop.truth.userIds.length, shop.items.length]).toEqual([2500, 400])
  const outsideTheVocabulary = [...names].filter((name) => !isEventName(name))
  expect(outsideTheVocabulary).toEqual([])
})

test("items, offers and consents are such as the shop's own routes take", () => {
  const { items, offers, consents } = simulateShop(small, 1, endMs)
  expect(items.map((item) => itemSchema.parse(item))).toEqual(items)
  expect(offers.map((offer) => offerSchema.parse(offer))).toEqual(offers)
  for (const { consent } of consents) expect(consentSchema.parse(consent)).toEqual(consent)
  expect(new Set(items.map(({ id }) => id)).size).toBe(small.items)
  expect(new Set(offers.map(({ id }) => id)).size).toBe(offers.length)
  expect(new Set(offers.map(({ kind }) => kind))).toEqual(new Set(offerKinds.filter((kind) => kind !== "parcel")))
  const ids = new Set(items.map(({ id }) => id))
  expect(offers.every(({ itemId }) => itemId === undefined || ids.has(itemId))).toBe(true)
  expect(new Set(items.map(({ category }) => category?.[0]))).toEqual(
    new Set(["skin", "hair", "make-up", "fragrance", "body"]),
  )
})

test("journeys run over every channel, from anonymous browsing to an account, delivery and return", () => {
  const { events, truth } = simulateShop({ ...defaultWorld, customers: 600, items: 150 }, 3, endMs)
  const channels = new Set<string | undefined>()
  const anonymous = new Set<string>()
  const joined = new Set<string>()
  const ordered = new Map<string, Set<string>>()
  const opened = new Set<unknown>()
  for (const { name, channel, identifiers, lines, properties } of events()) {
    channels.add(channel)
    const devices = identifiers.filter(({ type }) => type === "anonymousId").map(({ value }) => value)
    if (identifiers.length === 1) for (const value of devices) anonymous.add(value)
    if (name === "Customer Identified") for (const value of devices) joined.add(value)
    if (name === "Complaint Opened") opened.add(properties.complaintId)
    if (name === "Complaint Resolved") expect(opened).toContain(properties.complaintId)
    if (name === "Order Completed") {
      expect(identifiers.some((identifier) => truth.userIdOf(identifier))).toBe(true)
      ordered.set(String(properties.orderId), new Set(lines.map(({ itemId }) => itemId)))
    }
    if (name === "Order Refunded") {
      for (const { itemId } of lines) expect(ordered.get(String(properties.orderId))).toContain(itemId)
    }
  }
  expect(channels).toEqual(new Set(["web", "app", "email", "store", "call-centre", undefined]))
  const known = [...anonymous].filter((value) => joined.has(value)).length
  expect(known).toBeGreaterThan(anonymous.size / 4)
  expect(known).toBeLessThan(anonymous.size)
})

test("worlds at the edges of their ranges still make a shop", () => {
  const silent = {
    emailsPerMonth: 0,
    openProbability: 0,
    hiddenTasteDimensions: 0,
    churnPerYear: 0,
    newCustomerShare: 0,
  }
  const idle = { needsPerCustomer: 0, impulseOrdersPerYear: 0, complementProbability: 0, browseSessionsPerYear: 0 }
  const rough = { driftPerYear: 3.2, moodSpread: 2, churnPerYear: 5, launchShare: 0.9, lateDeliveryShare: 1 }
  const tiny = { customers: 20, items: 50, days: 60 }
  const countOf = (world: object) =>
    [...simulateShop(parseWorld({ ...defaultWorld, ...world }), 1, endMs).events()].length
  expect(countOf({ ...tiny, ...silent })).toBeGreaterThan(0)
  expect(countOf({ ...tiny, ...silent, ...idle })).toBe(0)
  expect(countOf({ ...tiny, ...rough })).toBeGreaterThan(0)
  expect(countOf({ ...randomWorld(9), customers: 50 })).toBeGreaterThan(0)
})

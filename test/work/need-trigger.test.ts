import { afterAll, beforeAll, expect, test } from "vitest"
import { itemIndex } from "../../src/core/artifact/item-index.ts"
import { triggerSchema } from "../../src/core/policy/trigger-schema.ts"
import type { Rebuy } from "../../src/core/repurchase/rebuy.ts"
import { firstTimeColumns } from "../../src/core/repurchase/rebuy-features.ts"
import { computeRepurchaseStatistics } from "../../src/core/repurchase/repurchase-statistics.ts"
import { fireDue } from "../../src/work/trigger.ts"
import { bought, day, fitSmallRelease, historyOf, noon } from "../support/release.ts"
import { openTestApp, type TestApp } from "../support/test-app.ts"

let shop: TestApp
const items = itemIndex(["filter", "milk"])
const even = { depth: 1, bias: 0, column: Int32Array.of(0), border: Float32Array.of(0), leaf: Float32Array.of(0, 0) }
const asGiven = { method: "platt", a: 1, b: 1, c: 0 } as const

/** Everybody orders with probability a half, and what was bought is bought again with a half: a quarter in all. */
const rebuy: Rebuy = {
  horizonMs: 30 * day,
  items,
  statistics: computeRepurchaseStatistics([historyOf(bought(0, "filter", "milk"))], items, 30 * day, noon),
  orders: even,
  again: even,
  first: new Float64Array(firstTimeColumns.length + 1),
  calibrators: { orders: asGiven, again: asGiven, first: asGiven },
}

beforeAll(async () => {
  const release = await fitSmallRelease([historyOf(bought(0, "filter"), bought(1, "milk"))])
  shop = await openTestApp({ release: { ...release, id: "0190b6a4-0000-7000-8000-00000000000b", rebuy } })
  await shop.ask("POST", "/v1/items", {
    body: { items: items.ids.map((id) => ({ id, title: id, price: 5, currency: "EUR" })) },
  })
  const again = {
    id: "again",
    kind: "replenishment",
    title: "Again?",
    value: 90,
    placements: ["needs"],
    items: { limit: 1 },
  }
  await shop.ask("POST", "/v1/offers", { body: { offers: [again] } })
  await shop.refreshCatalogue()
  for (const [userId, event] of [
    ["buyer", "Order Completed"],
    ["viewer", "Product Viewed"],
  ]) {
    // Half of all needs have returned by then, as assumed before a release has learnt when.
    const timestamp = new Date(shop.services.clock() - 120 * day).toISOString()
    const properties = { order_id: "o", products: [{ product_id: "filter" }], product_id: "filter" }
    await shop.ask("POST", "/v1/track", { body: { userId, event, properties, messageId: `${userId}`, timestamp } })
    await shop.ask("PUT", `/v1/customers/userId:${userId}/consents/marketing`, {
      body: { granted: true, at: "2020-01-01T00:00:00Z", source: "test" },
    })
  }
})
afterAll(() => shop.close())

const fired = async (minRepurchaseProbability: number) => {
  const trigger = triggerSchema.parse({
    id: `at-${minRepurchaseProbability}`,
    when: { minRepurchaseProbability },
    channel: "email",
  })
  await fireDue(shop.services, { placement: "needs", trigger, sinceMs: 0 })
  return shop.sql(`select decision_id from trigger_firings where trigger = 'at-${minRepurchaseProbability}'`)
}

test("a need about to return fires where it is as likely as asked for, and only for who had it", async () => {
  expect(await fired(0.26)).toEqual([])
  const [firing, ...others] = await fired(0.24)
  expect(others).toEqual([])
  const { json } = await shop.ask("GET", `/v1/decisions/${firing!.decision_id}`)
  const buyer = (await shop.ask("GET", "/v1/customers/userId:buyer")).json
  expect(json.customerId).toBe(buyer.customerId)
})

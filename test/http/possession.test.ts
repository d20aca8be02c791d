import { afterAll, beforeAll, expect, test } from "vitest"
import type { DecisionTrace } from "../../src/core/decision/trace.ts"
import { dayMs } from "../../src/core/time/durations.ts"
import { openTestApp } from "../support/test-app.ts"

const shop = await openTestApp()
afterAll(() => shop.close())

const itemIds = ["cream", "soap", "oil", "balm"]
const daysAgo = (days: number) => new Date(shop.services.clock() - days * dayMs).toISOString()
let messages = 0
const happens = (userId: string, event: string, days: number, orderId: string, ...products: string[]) =>
  shop.ask("POST", "/v1/track", {
    body: {
      ...{ userId, event, messageId: `m-${messages++}`, timestamp: daysAgo(days) },
      properties: { order_id: orderId, products: products.map((product_id) => ({ product_id, quantity: 1 })) },
    },
  })
const decide = async (userId: string, placement: string) => {
  const body = { customer: { userId }, placement, channel: "web" }
  const { decisionId } = (await shop.ask("POST", "/v1/decide", { body })).json
  return (await shop.ask("GET", `/v1/decisions/${decisionId}`)).json.trace as DecisionTrace
}
/** The rule that dropped each offer of a decision, by the item that it names. */
const rulesOf = ({ dropped }: DecisionTrace) =>
  Object.fromEntries(dropped.map(({ offerId, rule }) => [offerId.replace("off-", ""), rule]))

beforeAll(async () => {
  await shop.ask("POST", "/v1/items", { body: { items: itemIds.map((id) => ({ id, title: id, price: 9 })) } })
  const promotions = itemIds.map((itemId) => {
    return { id: `off-${itemId}`, kind: "promotion", title: itemId, value: 5, placements: ["hero", "open"], itemId }
  })
  const missed = { id: "missed", kind: "retention", title: "We have missed you", value: 5, placements: ["letter"] }
  const told = {
    id: "told",
    kind: "notice",
    title: "Your order",
    value: 0,
    placements: ["news"],
    itemId: "soap",
    caseType: "none",
  }
  await shop.ask("POST", "/v1/offers", { body: { offers: [...promotions, missed, told] } })
  await shop.refreshCatalogue()
  await happens("ann", "Order Completed", 300, "1", "balm")
  await happens("ann", "Order Delivered", 298, "1")
  await happens("ann", "Order Completed", 12, "2", "cream", "oil")
  await happens("ann", "Order Delivered", 10, "2")
  await happens("ann", "Product Returned", 8, "2", "cream")
  await happens("ann", "Order Completed", 2, "3", "soap")
})

test("decide names nothing that came back, is on its way or was bought just now, and its trace says why", async () => {
  const trace = await decide("ann", "hero")
  expect(rulesOf(trace)).toEqual({ cream: "returned", oil: "boughtRecently", soap: "onItsWay" })
  expect(trace.dropped.every(({ stage, reason }) => stage === "applicability" && reason.length > 10)).toBe(true)
  expect(trace.options.map(({ offerId }) => offerId)).toEqual([null, "off-balm"])
})

test("a policy may allow it, which its answer shows", async () => {
  const possession = { returned: "allow", minNeededAgain: 0 }
  const { json } = await shop.ask("PUT", "/v1/policies/open", { body: { possession } })
  expect(json.overrides).toEqual(["possession.returned: allow", "possession.minNeededAgain: 0"])
  expect(rulesOf(await decide("ann", "open"))).toEqual({ soap: "onItsWay" })
})

test("what came back is offered again once it was bought again and may be needed", async () => {
  await happens("bea", "Order Completed", 300, "b1", "cream")
  await happens("bea", "Product Returned", 290, "b1", "cream")
  expect(rulesOf(await decide("bea", "hero"))).toEqual({ cream: "returned" })
  await happens("bea", "Order Completed", 200, "b2", "cream")
  expect(rulesOf(await decide("bea", "hero"))).toEqual({})
})

test("where content has no offer, what is popular leaves them out too", async () => {
  const path = "/v1/content/quiet?customer=userId:ann&campaign=c1&slot=s&format=json"
  const { items, fallback } = (await shop.ask("GET", path)).json as { items: { id: string }[]; fallback: boolean }
  expect(fallback).toBe(true)
  expect(items.map(({ id }) => id)).toEqual(["balm"])
})

test("a service message may name what is on its way", async () => {
  expect((await decide("ann", "news")).options.map(({ offerId }) => offerId)).toEqual(["told"])
})

test("recommendations without repeats leave out what came back; those with repeats are as asked", async () => {
  const ask = async (repeats: string) =>
    (
      (await shop.ask("POST", "/v1/recommend", { body: { customer: { userId: "ann" }, repeats } })).json.items as {
        id: string
      }[]
    ).map(({ id }) => id)
  // Of all that is sold only the balm, bought long ago, is not out.
  expect(await ask("excluded")).toEqual(["balm"])
  expect(await ask("allowed")).toEqual(itemIds.toSorted())
  const body = { customer: { userId: "ann" }, items: itemIds, repeats: "excluded" }
  expect((await shop.ask("POST", "/v1/rank", { body })).json.items).toEqual([])
})

test("who is not gone is not won back, and who is silent for long is", async () => {
  const order = (userId: string, ...days: number[]) =>
    Promise.all(days.map((ago, n) => happens(userId, "Order Completed", ago, `${userId}-${n}`, "balm")))
  await order("lately", 90, 60, 30)
  await order("gone", 330, 300, 270)
  expect(rulesOf(await decide("lately", "letter"))).toEqual({ missed: "notSilent" })
  expect((await decide("gone", "letter")).options.map(({ offerId }) => offerId)).toEqual([null, "missed"])
  expect(rulesOf(await decide("stranger", "letter"))).toEqual({ missed: "notSilent" })
})

test("rules read the same facts", async () => {
  const rule =
    "has(item.daysSinceBought) && item.daysSinceBought > 100.0 && !item.returned && !item.onItsWay && !item.inCart && item.neededAgain > 0.9 && customer.silence < 1.0 && customer.usualIntervalDays > 5.0"
  await shop.ask("PUT", "/v1/policies/hero", { body: { suitability: [{ id: "long-ago", rule }] } })
  expect((await decide("ann", "hero")).options.map(({ offerId }) => offerId)).toEqual([null, "off-balm"])
  expect(rulesOf(await decide("bea", "hero"))).toMatchObject({ oil: "long-ago" })
})

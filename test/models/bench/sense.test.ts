import { expect, test } from "vitest"
import { isTrueReason } from "../../../models/bench/sense/check-reason.ts"
import { countNamed } from "../../../models/bench/sense/count-named.ts"
import { factsOf, gaveBack, silenceOf } from "../../../models/bench/sense/customer-facts.ts"
import { spearman } from "../../../models/bench/sense/spearman.ts"

const dayMs = 86_400_000
const event = (name: string, day: number, itemId: string, quantity = 1, price = 10) => ({
  name,
  at: day * dayMs,
  lines: [{ itemId, quantity, price }],
})

test("Spearman's correlation is that of the ranks, ties at their mean", () => {
  expect(spearman([1, 2, 3, 4], [10, 20, 30, 1000])).toBeCloseTo(1)
  expect(spearman([1, 2, 3, 4], [4, 3, 2, 1])).toBeCloseTo(-1)
  // Ranks 1, 2.5, 2.5, 4 and 1, 2, 3, 4: 4.5 / sqrt(4.5 · 5).
  expect(spearman([1, 2, 2, 3], [1, 2, 3, 4])).toBeCloseTo(4.5 / Math.sqrt(4.5 * 5))
  expect(spearman([1, 1, 1], [1, 2, 3])).toBeNaN()
})

test("an item is given back when none of it is left, and no longer once it is bought again", () => {
  const bought = event("Order Completed", 1, "a", 2)
  const back = event("Order Refunded", 3, "a", 1)
  expect(gaveBack(factsOf([bought, back]), "a")).toBe(false)
  expect(gaveBack(factsOf([back, bought, { ...back, at: back.at + dayMs }]), "a")).toBe(true)
  expect(gaveBack(factsOf([bought, back, back, event("Order Completed", 5, "a")]), "a")).toBe(false)
  expect(gaveBack(factsOf([]), "a")).toBe(false)
})

test("silence counts in the customer's own usual interval", () => {
  const orders = [0, 10, 30, 40].map((day) => event("Order Completed", day, "a"))
  expect(silenceOf(factsOf(orders), 70 * dayMs)).toBeCloseTo(3)
  expect(silenceOf(factsOf(orders.slice(0, 2)), 70 * dayMs)).toBeNull()
})

test("what offers name is counted by pair of offer and first item, and by customer", () => {
  const factsBy = new Map([
    ["early", factsOf([event("Order Completed", 1, "a"), event("Order Cancelled", 2, "a")])],
    ["late", factsOf([event("Order Completed", 95, "b")])],
  ])
  const priceOf = new Map([
    ["a", 16],
    ["b", 15],
  ])
  const named = [
    { customerId: "early", offerId: "x", itemIds: ["a"] },
    { customerId: "late", offerId: "x", itemIds: ["b", "a"] },
  ]
  expect(countNamed(named, { asked: 4, factsBy, priceOf, nowMs: 100 * dayMs })).toEqual({
    distinct: 2,
    topShare: 1 / 4,
    returned: 1,
    tooSoon: 1 / 3,
    priceBeyond: 2 / 3,
    items: 3,
  })
})

test("a reason is true if its cause is in the past, carries a tenth and is in words for a customer", () => {
  const facts = factsOf([event("Product Viewed", 1, "seen"), event("Order Completed", 2, "bought")])
  const reason = { code: "becauseYouBought", itemId: "bought", share: 0.1, text: "Because you bought Milk 2.5 ml" }
  expect(isTrueReason(reason, facts)).toBe(true)
  expect(isTrueReason({ ...reason, share: 0.09 }, facts)).toBe(false)
  expect(isTrueReason({ ...reason, itemId: "seen" }, facts)).toBe(false)
  expect(isTrueReason({ ...reason, code: "becauseYouViewed", itemId: "other" }, facts)).toBe(false)
  expect(isTrueReason({ code: "value", text: "Worth 0.29 against 0.34; chosen to learn" }, facts)).toBe(false)
})

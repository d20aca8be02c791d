import { expect, test } from "vitest"
import { itemInterest } from "../../../src/core/history/item-interest.ts"

const day = 20_000

test("an order counts for more than a cart and a view, and what came back counts against it", () => {
  const interest = itemInterest([
    { itemId: "ordered", name: "Order Completed", day, count: 2 },
    { itemId: "carted", name: "Product Added", day, count: 2 },
    { itemId: "viewed", name: "Product Viewed", day, count: 2 },
    { itemId: "returned", name: "Order Completed", day, count: 2 },
    { itemId: "returned", name: "Product Returned", day, count: 2 },
    { itemId: "elsewhere", name: "Page Viewed", day, count: 9 },
  ])
  expect([...interest.keys()].sort()).toEqual(["carted", "ordered", "viewed"])
  expect(interest.get("ordered")).toBeCloseTo(2 / (2 + 1.2 + 0.6))
  expect(interest.get("carted")).toBeCloseTo(1.2 / (2 + 1.2 + 0.6))
})

test("interest halves every thirty days", () => {
  const of = (itemId: string, daysAgo: number) => ({ itemId, name: "Product Viewed", day: day - daysAgo, count: 1 })
  const interest = itemInterest([of("now", 0), of("before", 30)])
  expect(interest.get("now")! / interest.get("before")!).toBeCloseTo(2)
})

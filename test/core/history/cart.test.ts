import { expect, test } from "vitest"
import { type CartEvent, cartOf } from "../../../src/core/history/cart.ts"

const line = (itemId: string, quantity = 1, price?: number) => ({
  itemId,
  quantity,
  ...(price !== undefined && { price }),
})
const event = (name: string, lines: CartEvent["lines"], properties: CartEvent["properties"] = {}): CartEvent => ({
  name,
  lines,
  properties,
})
const added = (...lines: CartEvent["lines"]) => event("Product Added", lines)
const linesOf = (...events: CartEvent[]) => cartOf(events).lines

test("additions and removals add up, at the price told last", () => {
  const removedOne = event("Product Removed", [line("a")], { quantity: 1 })
  expect(linesOf(added(line("a", 2, 5)), added(line("b")), added(line("a", 1, 4)), removedOne)).toEqual([
    { itemId: "a", quantity: 2, price: 4 },
    { itemId: "b", quantity: 1 },
  ])
  expect(linesOf(added(line("a", 3)), event("Product Removed", [line("a")]))).toEqual([])
})

test("a view of the cart is all that is in it", () => {
  expect(linesOf(added(line("a")), event("Cart Viewed", [line("b", 2)]))).toEqual([{ itemId: "b", quantity: 2 }])
  expect(linesOf(added(line("a")), event("Checkout Started", []))).toEqual([{ itemId: "a", quantity: 1 }])
})

test("an order takes out what it holds, and everything where it names nothing", () => {
  const two = added(line("a"), line("b"))
  expect(linesOf(two, event("Order Completed", [line("a")]))).toEqual([{ itemId: "b", quantity: 1 }])
  expect(linesOf(two, event("Order Completed", []))).toEqual([])
})

test("the way back is an address of the web, and nothing else", () => {
  const told = (cartUrl: string) => cartOf([event("Product Added", [line("a")], { cartUrl, currency: "EUR" })])
  expect(told("https://shop.example/cart/7")).toMatchObject({ url: "https://shop.example/cart/7", currency: "EUR" })
  expect(told("javascript:alert(1)")).not.toHaveProperty("url")
})

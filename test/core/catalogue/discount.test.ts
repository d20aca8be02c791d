import { expect, test } from "vitest"
import { discountedPrice, discountSchema } from "../../../src/core/catalogue/discount.ts"

const price = (discount: object, item: { price?: number; currency?: string } = { price: 22.95, currency: "EUR" }) =>
  discountedPrice(item, { discount: discountSchema.parse(discount), currency: "EUR" })

test("a discount is taken off the price and rounded to the currency's smallest unit", () => {
  // 22.95 · 0.9 = 20.655
  expect(price({ percent: 10 })).toBe(20.66)
  expect(price({ amount: 5 })).toBe(17.95)
  expect(price({ percent: 15 }, { price: 999, currency: "JPY" })).toBe(849)
})

test("an amount in another currency, or of no less than the price, changes nothing", () => {
  expect(price({ amount: 5 }, { price: 22.95, currency: "USD" })).toBeUndefined()
  expect(price({ amount: 22.95 })).toBeUndefined()
  expect(price({ percent: 10 }, {})).toBeUndefined()
})

test("a discount of nothing, of more than everything, or of both is refused", () => {
  for (const wrong of [{ percent: 0 }, { percent: 101 }, { amount: 0 }, { percent: 5, amount: 5 }, {}])
    expect(discountSchema.safeParse(wrong).success).toBe(false)
})

import { expect, test } from "vitest"
import { fitPaidPrices } from "../../models/propensity/fit-paid-prices.ts"
import { createRandom, normal } from "../../models/random.ts"
import { bought, catalogueOf, historyOf } from "../support/release.ts"

const random = createRandom(5)
/** Customers with eight purchases each, at prices around a middle of their own. */
const customers = Array.from({ length: 400 }, (_, n) => {
  const own = Math.log(20) + 0.3 * normal(random)
  return Array.from({ length: 8 }, (_, k) => ({ id: `item-${n}-${k}`, price: Math.exp(own + 0.5 * normal(random)) }))
})
const { items } = catalogueOf(customers.flat().map((item) => ({ ...item, title: "item" })))
const histories = customers.map((own) => historyOf(...own.map(({ id }, day) => bought(-day, id))))

test("the prices of customers are told from those of one customer", () => {
  const paid = fitPaidPrices(histories, items)!
  expect(paid.mean).toBeCloseTo(Math.log(20), 1)
  expect(paid.within).toBeCloseTo(0.5, 1)
  expect(Math.abs(paid.between - 0.3)).toBeLessThan(0.05)
})

test("where everything costs the same there is still a range, and none where nobody bought twice", () => {
  const same = new Map([...items].map(([id, item]) => [id, { ...item, price: 9 }]))
  expect(fitPaidPrices(histories, same)).toEqual({ mean: expect.closeTo(Math.log(9), 9), within: 0.05, between: 0.05 })
  const once = customers.map(([first]) => historyOf(bought(0, first!.id)))
  expect(fitPaidPrices(once, items)).toBeNull()
})

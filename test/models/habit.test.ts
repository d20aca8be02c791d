import { expect, test } from "vitest"
import { fitHabit } from "../../models/habit/fit.ts"
import { fitPopularity } from "../../models/popularity/fit.ts"
import { itemIndex } from "../../src/core/artifact/item-index.ts"
import { scoreHabit } from "../../src/core/preference/habit.ts"
import { sparseScores } from "../../src/core/preference/sparse-scores.ts"
import { bought, day, eventOf, historyOf, noon, viewed } from "../support/release.ts"

const items = itemIndex(["milk", "sofa", "stamp"])
const until = noon + 40 * day
const histories = [
  historyOf(bought(0, "milk", "sofa"), bought(30, "milk")),
  historyOf(bought(1, "milk", "sofa"), bought(31, "stamp")),
  historyOf(bought(2, "milk")),
]
const parameters = { halfLifeDays: 10, windowDays: 20, priorBuyers: 2 }

test("of an item's earlier buyers who ordered in the window, the share who bought it again, smoothed to the average", () => {
  const { rebuyRate } = fitHabit(histories, items, until, parameters)
  const average = (1 + 1) / (2 + 2 + 2)
  expect(rebuyRate[0]).toBeCloseTo((1 + 2 * average) / (2 + 2))
  expect(rebuyRate[1]).toBeCloseTo((0 + 2 * average) / (2 + 2))
  expect(rebuyRate[2]).toBeCloseTo(average)
})

test("a habit is each purchase faded by its age, net of what went back, times the item's rate", () => {
  const weights = { halfLifeDays: 10, rebuyRate: Float32Array.of(0.5, 0.25, 0.25) }
  const history = historyOf(
    bought(10, "milk"),
    bought(20, "milk"),
    bought(20, "sofa"),
    eventOf("Order Refunded", 30, "milk"),
  )
  const scores = sparseScores(3)
  scoreHabit(weights, history, items, noon + 30 * day, scores)
  const out = scores.values
  const kept = 1 - 1 / 2
  expect(out[0]).toBeCloseTo(kept * (1 / 4 + 1 / 2) * 0.5)
  expect(out[1]).toBeCloseTo((1 / 2) * 0.25)
  expect(out[2]).toBe(0)
})

const kinds = { view: 0.25, cart: 0.5, purchase: 1, halfLifeDays: null }

test("popularity counts each customer once, whatever they did, faded by the age of the latest", () => {
  const often = historyOf(...Array.from({ length: 10 }, (_, n) => bought(n, "milk")), bought(10, "milk"))
  const shop = [
    often,
    historyOf(viewed(10, "sofa")),
    historyOf(bought(10, "stamp"), eventOf("Order Refunded", 11, "stamp")),
  ]
  const { overall } = fitPopularity(shop, items, kinds, noon + 20 * day, { halfLifeDays: 10, firstOrderPrior: 0 })
  expect(overall[0]).toBeCloseTo(1 / (1 + 0.25))
  expect(overall[1]).toBeCloseTo(0.25 / (1 + 0.25))
  expect(overall[2]).toBe(0)
})

test("first orders have a popularity of their own, mixed with everybody's", () => {
  const shop = [historyOf(bought(0, "sofa"), bought(5, "milk")), historyOf(bought(0, "milk"))]
  const firstOrders = (firstOrderPrior: number) =>
    fitPopularity(shop, items, kinds, noon + 10 * day, { halfLifeDays: null, firstOrderPrior }).firstOrder
  expect([...firstOrders(0)]).toEqual([1 / 2, 1 / 2, 0])
  expect(firstOrders(0.5)[0]).toBeCloseTo(0.5 * (1 / 2) + 0.5 * (2 / 3))
})

import { expect, test } from "vitest"
import { createRandom } from "../../models/random.ts"
import { fitRenewal } from "../../models/renewal/fit.ts"
import { fold } from "../../src/core/history/fold.ts"
import { emptyHistory, type History } from "../../src/core/history/history.ts"
import { createPossession } from "../../src/core/possession/possession.ts"
import { readRenewal, writeRenewal } from "../../src/core/possession/renewal-artifact.ts"
import { dayMs } from "../../src/core/time/durations.ts"

const untilMs = Date.UTC(2026, 5, 1)
const catalogue = new Map(
  [
    { id: "soap-small", title: "Soap 100 ml", category: ["bath", "soap"] },
    { id: "soap-large", title: "Soap 400 ml", category: ["bath", "soap"] },
    { id: "bread", title: "Bread", category: ["food", "bread"] },
    { id: "oven", title: "Oven", category: ["kitchen", "oven"] },
  ].map((item) => [item.id, item]),
)

const historyOf = (purchases: readonly { itemId: string; daysAgo: number }[]): History =>
  fold(
    emptyHistory,
    purchases.map(({ itemId, daysAgo }, n) => ({
      ...{ messageId: `${n} ${itemId}`, at: untilMs - daysAgo * dayMs, name: "Order Completed", properties: {} },
      lines: [{ itemId, quantity: 1 }],
    })),
  )

/** A year of a customer: bread every 10 days, soap every 40 days or, the large one, every 80, and one oven for life. */
function customerOf(seed: number): History {
  const random = createRandom(seed, 1)
  const around = (days: number) => days * (0.7 + 0.6 * random())
  const soap = random() < 0.5 ? { itemId: "soap-small", days: 40 } : { itemId: "soap-large", days: 80 }
  const purchases: { itemId: string; daysAgo: number }[] = [{ itemId: "oven", daysAgo: 100 + 260 * random() }]
  for (const { itemId, days } of [{ itemId: "bread", days: 10 }, soap])
    for (let ago = 365 - random() * days; ago > 0; ago -= around(days)) purchases.push({ itemId, daysAgo: ago })
  return historyOf(purchases)
}

const histories = Array.from({ length: 300 }, (_, n) => customerOf(n))
const renewal = fitRenewal({ histories, catalogue, untilMs })!
const chance = (itemId: string, daysAgo: number, ...before: number[]) =>
  createPossession(
    historyOf([...before, daysAgo].map((ago) => ({ itemId, daysAgo: ago }))),
    untilMs,
    renewal,
  ).neededAgain(catalogue.get(itemId)!)!

test("what is used up is needed again about when it was by all, not before", () => {
  expect(chance("bread", 2)).toBeLessThan(0.1)
  expect(chance("bread", 20)).toBeGreaterThan(0.7)
  expect(chance("soap-small", 10)).toBeLessThan(0.15)
  expect(chance("soap-small", 80)).toBeGreaterThan(0.7)
})

test("a thing bought once in a life is not needed again, since those who came back never bought it", () => {
  expect(chance("oven", 300)).toBeLessThan(0.1)
})

test("a large package lasts longer, as its title tells", () => {
  expect(renewal.amountPower).toBeGreaterThan(0)
  expect(chance("soap-large", 45)).toBeLessThan(chance("soap-small", 45))
})

test("a customer who buys more rarely than others is waited for", () => {
  expect(chance("bread", 14, 314, 254, 194, 134, 74)).toBeLessThan(chance("bread", 14, 64, 54, 44, 34, 24) / 2)
})

test("orders come again after the median of the gaps", () => {
  expect(renewal.orderIntervalDays).toBeGreaterThan(4)
  // A history keeps the latest twelve purchases of bread, so before them only the soap shows.
  expect(renewal.orderIntervalDays).toBeLessThan(14)
})

test("an artifact keeps every number", () => {
  expect(readRenewal(writeRenewal(renewal))).toEqual(renewal)
})

test("nothing is learnt where hardly anybody ordered again", () => {
  expect(fitRenewal({ histories: histories.slice(0, 0), catalogue, untilMs })).toBeNull()
  const once = Array.from({ length: 50 }, (_, n) => historyOf([{ itemId: "oven", daysAgo: n + 1 }]))
  expect(fitRenewal({ histories: once, catalogue, untilMs })).toBeNull()
})

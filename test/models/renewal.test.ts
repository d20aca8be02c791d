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

/** A year of a customer: tea every week and, of half of them, soap every 40 days; the others take soap along now and then. */
function shopperOf(seed: number): { history: History; needsSoap: boolean } {
  const random = createRandom(seed, 2)
  const purchases: { itemId: string; daysAgo: number }[] = []
  for (let ago = 365 - 7 * random(); ago > 0; ago -= 5 + 4 * random()) purchases.push({ itemId: "tea", daysAgo: ago })
  const needsSoap = seed % 2 === 0
  let ago = 365 - 40 * random()
  for (; ago > 0; ago -= needsSoap ? 30 + 20 * random() : -120 * Math.log(1 - random()))
    purchases.push({ itemId: "soap-small", daysAgo: ago })
  return { history: historyOf(purchases), needsSoap }
}

const shop = new Map([...catalogue, ["tea", { id: "tea", title: "Tea", category: ["food", "tea"] }]])
const shoppers = Array.from({ length: 400 }, (_, n) => shopperOf(n))
const mixed = fitRenewal({ histories: shoppers.map(({ history }) => history), catalogue: shop, untilMs })!
const every = (days: number, from: number) =>
  Array.from({ length: Math.floor(from / days) }, (_, n) => ({ itemId: "tea", daysAgo: 1 + n * days }))
const soapChance = (...daysAgo: readonly number[]) => {
  const soap = daysAgo.map((ago) => ({ itemId: "soap-small", daysAgo: ago }))
  return createPossession(historyOf([...every(7, 365), ...soap]), untilMs, mixed).neededAgain(shop.get("soap-small")!)!
}

test("what is bought at the timeFactor of its need is told from what is taken along now and then", () => {
  const share = mixed.categoryTimes[3 * mixed.categories.indexOf('["bath","soap"]') + 1]!
  expect(share).toBeGreaterThan(0.35)
  expect(share).toBeLessThan(0.65)
  expect(soapChance(210, 170, 130, 90, 50)).toBeGreaterThan(0.7)
  expect(soapChance(350, 345, 190, 50)).toBeLessThan(0.2)
})

test("silence of a customer who buys other things speaks against a need", () => {
  expect(soapChance(300)).toBeLessThan(0.05)
  expect(soapChance(55)).toBeGreaterThan(soapChance(300))
})

test("a customer who left is not taken for one without a need", () => {
  const left = historyOf(
    [...every(7, 165), { itemId: "soap-small", daysAgo: 1 }].map(({ itemId, daysAgo }) => ({
      itemId,
      daysAgo: daysAgo + 200,
    })),
  )
  const chance = createPossession(left, untilMs, mixed).neededAgain(shop.get("soap-small")!)!
  expect(chance).toBeGreaterThan(0.35)
})

test("where a need returns for other things only, as for books, the same one is not needed again", () => {
  const titles = Array.from({ length: 20 }, (_, n) => ({ id: `book-${n}`, title: `Book ${n}`, category: ["books"] }))
  const readers = Array.from({ length: 100 }, (_, n) => {
    const random = createRandom(n, 3)
    const order = titles.map(({ id }) => ({ id, place: random() })).sort((a, b) => a.place - b.place)
    return historyOf(order.slice(0, 10).map(({ id }, k) => ({ itemId: id, daysAgo: 5 + 30 * k + 10 * random() })))
  })
  const books = new Map(titles.map((item) => [item.id, item]))
  const learnt = fitRenewal({ histories: readers, catalogue: books, untilMs })!
  const read = historyOf([
    { itemId: "book-0", daysAgo: 120 },
    { itemId: "book-1", daysAgo: 60 },
  ])
  expect(createPossession(read, untilMs, learnt).neededAgain(titles[0]!)).toBeLessThan(0.1)
})

test("an artifact of before took every repeat for a need of the usual timeFactor", () => {
  const written = writeRenewal(renewal)
  const { casualPerDay: _, timeFactorShares: __, ...tensors } = written.tensors
  const read = readRenewal({ ...written, tensors })
  expect(read.casualPerDay).toEqual(new Float64Array(4))
  expect(read.timeFactorShares).toEqual(Float64Array.of(0, 1, 0))
})

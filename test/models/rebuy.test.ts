import { beforeAll, expect, test } from "vitest"
import { type Dataset, historiesOf, loadDataset } from "../../models/data/dataset.ts"
import { createRandom, type Random } from "../../models/random.ts"
import { averageTrees } from "../../models/rebuy/average-trees.ts"
import { type FittedRebuy, fitRebuy, rebuyParameters } from "../../models/rebuy/fit.ts"
import { designEffect, fitShrunkPlatt } from "../../models/rebuy/fit-shrunk-platt.ts"
import { fitTrees } from "../../models/rebuy/fit-trees.ts"
import { outcomesOf } from "../../models/rebuy/outcomes.ts"
import { sampleCustomers } from "../../models/rebuy/sample-customers.ts"
import { calibrate } from "../../src/core/measure/calibrator.ts"
import { treesLogit } from "../../src/core/repurchase/boosted-trees.ts"
import { organicPurchaseProbability, rebuyProbabilities } from "../../src/core/repurchase/rebuy.ts"
import { readRebuy, writeRebuy } from "../../src/core/repurchase/rebuy-artifact.ts"
import type { CustomerEvent } from "../../src/store/events/event-types.ts"
import { decodeSafetensors, encodeSafetensors } from "../../src/store/releases/safetensors.ts"

const day = 86_400_000
const horizonMs = 10 * day
const until = 300 * day

const event = (
  customerId: string,
  at: number,
  itemIds: readonly string[],
  name = "Order Completed",
): CustomerEvent => ({
  customerId,
  messageId: `${customerId} ${at} ${name}`,
  at,
  name,
  lines: itemIds.map((itemId) => ({ itemId, quantity: 1 })),
  properties: {},
})

const datasetOf = (events: readonly CustomerEvent[]): Promise<Dataset> => {
  const sorted = [...events].sort((a, b) =>
    a.customerId < b.customerId ? -1 : a.customerId > b.customerId ? 1 : a.at - b.at,
  )
  async function* batches() {
    yield sorted
  }
  return loadDataset(batches())
}

/** Milk is ordered about every six days; a filter is needed again every thirty days, give or take one; a novelty is ordered once. */
function shopper(customerId: string, random: Random, days: number): CustomerEvent[] {
  const events: CustomerEvent[] = []
  let nextFilter = 30 * random()
  for (let at = 6 * random(); at < days; at += 4 + 4 * random()) {
    const items = ["milk"]
    if (at >= nextFilter) {
      items.push("filter")
      nextFilter = at + 27 + 2 * random()
    }
    if (random() < 0.1) items.push(`novelty ${Math.floor(40 * random())}`)
    events.push(event(customerId, at * day, items))
  }
  return events
}

const shoppers = (days: number) => {
  const random = createRandom(30)
  return Array.from({ length: 200 }, (_, n) => shopper(`c${n}`, random, days)).flat()
}

/** Fewer trees than by default, which a small world does not miss. */
const parameters = {
  ...rebuyParameters,
  orders: { ...rebuyParameters.orders, trees: 40 },
  again: { ...rebuyParameters.again, trees: 60 },
}
const learnt = (shop: Dataset) => fitRebuy(shop, { until, horizonMs, parameters })!

let dataset: Dataset
let fitted: FittedRebuy
beforeAll(async () => {
  dataset = await datasetOf(shoppers(310))
  fitted = learnt(dataset)
})

test("a need that returns every thirty days is expected when it is due and not before", () => {
  const asked = historiesOf(dataset, { until }).map((history) => ({
    age: (until - (history.items.filter?.purchaseTimes.at(-1) ?? 0)) / day,
    probability: organicPurchaseProbability(history, fitted.rebuy, until, "filter"),
  }))
  const mean = (of: typeof asked) => of.reduce((sum, { probability }) => sum + probability, 0) / of.length
  expect(mean(asked.filter(({ age }) => age > 24 && age < 30))).toBeGreaterThan(0.8)
  expect(mean(asked.filter(({ age }) => age < 12))).toBeLessThan(0.1)
})

test("what is expected of the days after is what comes, within four standard errors over customers", () => {
  const outcomes = outcomesOf(dataset, { from: until, until: until + horizonMs })
  const misses = historiesOf(dataset, { until }).map((history, n) => {
    const { items } = rebuyProbabilities(history, fitted.rebuy, until)
    const expected = items.reduce((sum, { probability }) => sum + probability, 0)
    return items.filter(({ itemId }) => outcomes[n]!.bought.has(itemId)).length - expected
  })
  const mean = misses.reduce((sum, miss) => sum + miss, 0) / misses.length
  const variance = misses.reduce((sum, miss) => sum + (miss - mean) ** 2, 0) / (misses.length - 1)
  expect(Math.abs(mean)).toBeLessThan(4 * Math.sqrt(variance / misses.length) + 0.05)
})

test("who orders every week almost surely orders within ten days, who stopped half a year ago hardly", async () => {
  const random = createRandom(31)
  const stopped = Array.from({ length: 60 }, (_, n) => shopper(`gone${n}`, random, 60 + 60 * random())).flat()
  const both = await datasetOf([...shoppers(310), ...stopped])
  const { rebuy } = learnt(both)
  const orders = historiesOf(both, { until }).map((history) => rebuyProbabilities(history, rebuy, until).orders)
  expect(Math.min(...orders.slice(0, 200))).toBeGreaterThan(0.9)
  expect(Math.max(...orders.slice(200))).toBeLessThan(0.1)
})

test("an item never bought has a small chance, by how often others buy it first, and an unknown one too", () => {
  const [history] = historiesOf(dataset, { until })
  const never = dataset.itemIds.filter((id) => id.startsWith("novelty") && history!.items[id] === undefined)
  const { items } = rebuyProbabilities(history!, fitted.rebuy, until, [...never, "unheard of"])
  expect(items).toHaveLength(never.length + 1)
  for (const { probability } of items) {
    expect(probability).toBeGreaterThan(0)
    expect(probability).toBeLessThan(0.05)
  }
})

test("probabilities come best first and asking for one item gives the same number", () => {
  const [history] = historiesOf(dataset, { until })
  const { items } = rebuyProbabilities(history!, fitted.rebuy, until)
  expect(items.map(({ probability }) => probability)).toEqual(
    items.map(({ probability }) => probability).sort((a, b) => b - a),
  )
  for (const { itemId, probability } of items) {
    expect(organicPurchaseProbability(history!, fitted.rebuy, until, itemId)).toBe(probability)
  }
})

test("nothing after the moment it is learnt until changes what is learnt", async () => {
  const short = await datasetOf(shoppers(310).filter(({ at }) => at < until))
  expect(writeRebuy(learnt(short).rebuy)).toEqual(writeRebuy(fitted.rebuy))
})

test("the artifact answers as the model did", () => {
  const read = readRebuy(decodeSafetensors(encodeSafetensors(writeRebuy(fitted.rebuy))))!
  for (const history of historiesOf(dataset, { until }).slice(0, 20)) {
    expect(rebuyProbabilities(history, read, until)).toEqual(rebuyProbabilities(history, fitted.rebuy, until))
  }
})

test("a model of other features is left out, and one whose trees ask for a column too many is refused", () => {
  const content = writeRebuy(fitted.rebuy)
  expect(readRebuy({ ...content, metadata: { ...content.metadata, featuresVersion: "0" } })).toBeNull()
  const column = { dtype: "I32", shape: [3], data: Int32Array.of(0, 1, 999) } as const
  expect(() => readRebuy({ ...content, tensors: { ...content.tensors, ordersColumn: column } })).toThrow("train again")
})

test("a past of less than four horizons teaches nothing", async () => {
  expect(fitRebuy(await datasetOf(shoppers(39)), { until: 39 * day, horizonMs })).toBeNull()
})

test("what was bought and sent back within the horizon was not bought", async () => {
  const shop = await datasetOf([
    event("u", day, ["a", "b"]),
    event("u", 2 * day, ["a"], "Order Refunded"),
    event("v", 20 * day, ["a"]),
  ])
  const [u, v] = outcomesOf(shop, { from: 0, until: horizonMs })
  expect(u).toEqual({ ordered: true, bought: new Set(["b"]) })
  expect(v).toEqual({ ordered: false, bought: new Set() })
})

test("a window of few cases hardly turns what was said, one of many does", () => {
  const said = (cases: number) => ({
    predicted: new Array<number>(cases).fill(0.5),
    observed: Array.from({ length: cases }, (_, n) => (n % 5 === 0 ? 1 : 0)),
    customer: Array.from({ length: cases }, (_, n) => n),
  })
  expect(calibrate(fitShrunkPlatt(said(10)), 0.5)).toBeGreaterThan(0.42)
  expect(calibrate(fitShrunkPlatt(said(100_000)), 0.5)).toBeCloseTo(1 / 5, 2)
})

test("pairs of one customer that share their fate weigh as one", () => {
  const observed = [1, 1, 1, 1, 0, 0, 0, 0]
  const predicted = observed.map(() => 0.5)
  const shared = designEffect({ predicted, observed, customer: [0, 0, 0, 0, 1, 1, 1, 1] })
  expect(shared).toBeCloseTo((2 * (4 * 0.5) ** 2) / (8 * 0.5 ** 2))
  expect(designEffect({ predicted, observed, customer: [0, 1, 2, 3, 4, 5, 6, 7] })).toBe(1)
})

test("a tree of one question answers with Newton's step on either side", () => {
  const features = Float32Array.of(0, 0, 0, 1, 1, 1, 1, 1)
  const target = Uint8Array.of(0, 0, 1, 1, 1, 1, 1, 0)
  const one = { trees: 1, depth: 1, learningRate: 0.1, smoothing: 2, rowShare: 1, columnShare: 1, seed: 1 }
  const trees = fitTrees({ width: 1, features, target }, one)
  const yes = (5 + 0.5) / (8 + 1)
  const bias = Math.log(yes / (1 - yes))
  const step = (slope: number, count: number) => (0.1 * slope) / (count * yes * (1 - yes) + 2)
  expect(treesLogit(trees, Float32Array.of(0))).toBeCloseTo(bias + step(1 - 3 * yes, 3), 5)
  expect(treesLogit(trees, Float32Array.of(1))).toBeCloseTo(bias + step(4 - 5 * yes, 5), 5)
})

test("trees learn what two columns say only together", () => {
  const random = createRandom(32)
  const features = Float32Array.from({ length: 4000 }, random)
  const target = Uint8Array.from({ length: 2000 }, (_, row) =>
    Number(features[row * 2]! > 0.5 && features[row * 2 + 1]! > 0.5),
  )
  const parameters = { trees: 40, depth: 3, learningRate: 0.2, smoothing: 1, rowShare: 0.8, columnShare: 1, seed: 1 }
  const trees = fitTrees({ width: 2, features, target }, parameters)
  const logit = (a: number, b: number) => treesLogit(trees, Float32Array.of(a, b))
  expect(logit(0.8, 0.8)).toBeGreaterThan(2)
  for (const [a, b] of [
    [0.2, 0.8],
    [0.8, 0.2],
    [0.2, 0.2],
  ] as const)
    expect(logit(a, b)).toBeLessThan(-2)
})

test("averaged trees say the mean of what each says", () => {
  const random = createRandom(33)
  const features = Float32Array.from({ length: 400 }, random)
  const target = Uint8Array.from({ length: 200 }, (_, row) => Number(features[row * 2]! + random() > 1))
  const trees = [1, 2].map((seed) =>
    fitTrees(
      { width: 2, features, target },
      { trees: 5, depth: 2, learningRate: 0.5, smoothing: 1, rowShare: 0.5, columnShare: 1, seed },
    ),
  )
  const row = Float32Array.of(0.4, 0.6)
  const [a, b] = trees.map((one) => treesLogit(one, row)) as [number, number]
  expect(treesLogit(averageTrees(trees), row)).toBeCloseTo((a + b) / 2, 5)
})

test("some of the customers keep all of their events", () => {
  const some = sampleCustomers(dataset, 50)
  expect(some.customerIds).toHaveLength(50)
  const all = historiesOf(dataset, { until })
  const expected = some.customerIds.map((id) => all[dataset.customerIds.indexOf(id)])
  expect(historiesOf(some, { until })).toEqual(expected)
})

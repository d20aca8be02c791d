import { expect, test } from "vitest"
import { compareWindows } from "../../models/bench/windows/compare-windows.ts"
import { datasetOf, simulateSmallShop } from "../../models/bench/windows/small-shop.ts"
import { trainUntilCutoff } from "../../models/learn/train-until-cutoff.ts"
import { leadOver, meanOf } from "../../models/search/validation.ts"
import { day } from "../support/release.ts"

const seeds = [1, 2, 3, 4]

test("in small shops with few returning customers, choosing over several windows serves later orders better than one window, and than popularity and plain EASE", async () => {
  const sums = { several: 0, single: 0, popularity: 0, ease: 0 }
  for (const seed of seeds) {
    const found = await compareWindows(seed)
    expect(found.validationQueries.several).toBeGreaterThan(2 * found.validationQueries.single)
    for (const name of ["several", "single", "popularity", "ease"] as const) {
      sums[name] += (found[name].all + found[name].firstTime) / (2 * seeds.length)
    }
  }
  expect(sums.several).toBeGreaterThan(sums.single)
  expect(sums.several).toBeGreaterThan(sums.ease)
  expect(sums.several).toBeGreaterThan(sums.popularity)
})

const shop = {
  customers: 200,
  items: 40,
  days: 400,
  tastes: 4,
  gapDays: 60,
  basket: 3,
  ownShare: 0.8,
  repeatShare: 0.1,
  popularity: 0.8,
}

test("a choice says how many queries and customers made it, and its leads with their intervals", async () => {
  const dataset = await datasetOf(simulateSmallShop(shop, 1))
  const options = { threads: 1, searchTrials: 3, horizonDays: 30 }
  const { steps } = await trainUntilCutoff(dataset, dataset.lastAt + 1, options)
  const { queries, customers, leads, trials } = steps.find(({ model }) => model === "popularity")!
  expect(queries).toBeGreaterThan(customers!)
  expect(customers).toBeGreaterThan(50)
  expect(customers).toBeLessThanOrEqual(200)
  const { runnerUp } = leads!
  const qualities = trials.map(({ quality }) => quality).sort((a, b) => b - a)
  expect(runnerUp!.low).toBeLessThanOrEqual(runnerUp!.mean)
  expect(runnerUp!.high).toBeGreaterThanOrEqual(runnerUp!.mean)
  expect(qualities[0]! - qualities[1]!).toBeLessThan(0.2)
})

test("no window that chooses looks at what happens from the cut on, however many there are", async () => {
  const customers = simulateSmallShop(shop, 1)
  const dataset = await datasetOf(customers)
  const cut = dataset.lastAt - 60 * day
  const otherFuture = customers.map(({ id, events }) => ({
    id,
    events: events.map((event) => (event.at < cut ? event : { ...event, lines: [{ itemId: "item-0", quantity: 5 }] })),
  }))
  const options = { threads: 1, searchTrials: 2, horizonDays: 30 }
  const learnt = await trainUntilCutoff(dataset, cut, options)
  const otherwise = await trainUntilCutoff(await datasetOf(otherFuture), cut, options)
  expect(learnt.steps[0]!.queries).toBeGreaterThan(100)
  expect(otherwise.steps).toEqual(learnt.steps)
})

test("a lead is the mean over customers of the mean over their queries, with 1.96 standard errors on either side", () => {
  const a = { values: [1, 0, 1, 1], customers: [7, 7, 8, 9] }
  const b = { values: [0, 0, 0, 1], customers: [7, 7, 8, 9] }
  const [mean, error] = [(0.5 + 1 + 0) / 3, 0.5 / Math.sqrt(3)]
  const lead = leadOver(a, b)
  expect(lead.mean).toBeCloseTo(mean)
  expect(lead.low).toBeCloseTo(mean - 1.96 * error)
  expect(lead.high).toBeCloseTo(mean + 1.96 * error)
  expect(meanOf(a)).toBe(0.75)
})

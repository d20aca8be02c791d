import { expect, test } from "vitest"
import { type ChoiceCase, fitChoice, meanChoice, sampleItems } from "../../models/propensity/fit-choice.ts"
import { createRandom, weighted } from "../../models/random.ts"
import { choiceOf } from "../../src/core/propensity/choice.ts"
import { choiceFeatureNames } from "../../src/core/propensity/choice-features.ts"
import { bought, catalogueOf, fitSmallRelease, historyOf, noon } from "../support/release.ts"

const category = (n: number) => (n % 2 === 0 ? "even" : "odd")
const all = Array.from({ length: 40 }, (_, n) => ({
  id: `item-${String(n).padStart(2, "0")}`,
  title: "item",
  price: n < 20 ? 10 : 40,
  category: [category(n)],
}))
const { items } = catalogueOf(all)
const ids = all.map(({ id }) => id)

/** Customers take nine times of ten what is even, or odd, and cheap ones four times as often as others. */
const random = createRandom(3)
const picks = (liking: number, count: number) =>
  Array.from({ length: count }, () => {
    const odds = all.map(({ price }, n) => (n % 2 === liking ? 9 : 1) * (price === 10 ? 4 : 1))
    return ids[
      weighted(
        random,
        odds,
        odds.reduce((sum, one) => sum + one, 0),
      )
    ]!
  })
const customers = Array.from({ length: 300 }, (_, n) => n % 2)
const histories = customers.map((liking) => historyOf(...picks(liking, 6).map((id, day) => bought(-day, id))))
const release = await fitSmallRelease(histories)
const cases = customers.map((liking, n): ChoiceCase => ({ history: histories[n]!, bought: new Set(picks(liking, 3)) }))
const sample = sampleItems(release, items, 256)
const weights = fitChoice(cases, { release, items, sample, nowMs: noon })
const uncentred = { weights, sample, paid: null, center: { item: 0, orders: 0 } }
const chanceOf = (n: number, itemIds: readonly string[]) => {
  const choice = choiceOf({ history: histories[n]!, vector: null, nowMs: noon }, uncentred, release, items)
  return itemIds.reduce((sum, id) => sum + Math.exp(choice([id]).taste + choice([id]).price), 0)
}

test("chances over the catalogue add up to one", () => expect(chanceOf(0, ids)).toBeCloseTo(1, 6))

test("the chance of what a customer likes is near the share that they take of it", () => {
  const even = ids.filter((_, n) => n % 2 === 0)
  const mean = (liking: number) => {
    const own = [...customers.keys()].filter((n) => customers[n] === liking)
    return own.reduce((sum, n) => sum + chanceOf(n, even), 0) / own.length
  }
  expect(mean(0)).toBeGreaterThan(0.8)
  expect(mean(1)).toBeLessThan(0.2)
})

test("the chance of cheap items is near the share that customers take of them", () => {
  const cheap = ids.slice(0, 20)
  const mean = customers.reduce((sum, _, n) => sum + chanceOf(n, cheap), 0) / customers.length
  expect(Math.abs(mean - 4 / 5)).toBeLessThan(0.05)
})

test("a sample of the items stands for the whole catalogue", () => {
  const some = sampleItems(release, items, 20)
  expect(some.itemIds).toHaveLength(20)
  expect(some.weights.reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(40, 9)
  const byAll = meanChoice(histories, { weights, sample, paid: null }, { release, items, nowMs: noon })
  const bySome = meanChoice(histories, { weights, sample: some, paid: null }, { release, items, nowMs: noon })
  expect(Math.abs(byAll - bySome)).toBeLessThan(0.3)
})

test("what never differs has no weight", () => expect(weights[choiceFeatureNames.indexOf("attributeLift")]).toBe(0))

import { describe, expect, test } from "vitest"
import { createCandidateColumns } from "../../../src/core/plan/candidate-columns.ts"
import { describePlan } from "../../../src/core/plan/describe-plan.ts"
import type { SendPlan } from "../../../src/core/plan/optimize-plan.ts"
import { createPlanTally } from "../../../src/core/plan/plan-tally.ts"
import { request } from "../../support/plans.ts"

const item = (itemId: string, keep: number, value: number) => ({
  itemId,
  keep,
  buysAnyway: 0,
  value,
  money: 10,
  gift: false,
})

/** Three customers, four candidates; the plan chose rows 0, 2 and 3. */
function described(given: Record<string, unknown> = {}, options: Partial<Parameters<typeof describePlan>[4]> = {}) {
  const columns = createCandidateColumns()
  columns.add("ann", "new", [item("a", 0.9, 3), item("b", 0.8, 2)])
  columns.add("ben", "new", [item("a", 0.7, 1)])
  columns.add("cleo", "regular", [item("b", 0.6, 5)])
  const chosen: SendPlan = {
    rows: Int32Array.of(0, 2, 3),
    value: 9,
    money: 30,
    keptShare: 2.2 / 3,
    prices: { money: 0.1, volume: 2, promise: 0, stock: Float64Array.of(0, 1.5) },
    upperBound: 9,
    gap: 0,
    leftOut: { value: 0, floor: 0 },
  }
  const isInHoldout = (customerId: string) => customerId === "ben"
  return describePlan(request(given), columns, chosen, createPlanTally(), {
    isInHoldout,
    cutoff: 0.6,
    items: new Map([
      ["a", { id: "a", title: "Apple", price: 4 }],
      ["b", { id: "b", title: "Bread", price: 6 }],
    ]),
    seconds: 1,
    ...options,
  })
}

test("the holdout is proposed but counted apart from what will be sent", () => {
  const { sends, summary } = described()
  expect(sends.map(({ customerId, inHoldout }) => [customerId, inHoldout])).toEqual([
    ["ann", false],
    ["ben", true],
    ["cleo", false],
  ])
  expect(summary.chosen).toEqual({
    sends: 2,
    customers: 2,
    expectedKeptShare: (0.9 + 0.6) / 2,
    expectedValue: 3 + 5,
    moneyAtRisk: 10 + 10,
  })
  expect(summary.holdout).toEqual({ sends: 1, customers: 1 })
})

test("candidates that the budgets leave no room for are an exclusion, and only scarce items have a price", () => {
  const { summary } = described()
  expect(summary.exclusions).toEqual([{ reason: "budgets", customers: 0, candidates: 4 - 3 }])
  expect(summary.dualPrices).toEqual({ money: 0.1, volume: 2, promise: 0, stock: [{ itemId: "b", price: 1.5 }] })
})

test("segments tell what is sent to each, without the holdout", () => {
  expect(described().summary.segments).toEqual([
    { segment: "new", sends: 1, expectedKeptShare: 0.9 },
    { segment: "regular", sends: 1, expectedKeptShare: 0.6 },
  ])
})

describe("the notes", () => {
  test("say from which keep probability the promise is certified, or that no goods may leave", () => {
    expect(described().summary.notes.join()).toMatch(/0\.600/)
    expect(described({}, { cutoff: null }).summary.notes.join()).toMatch(/no goods/)
    const pilot = { pilot: true, budgets: { money: 100, volume: 10 } }
    expect(described(pilot, { cutoff: null }).summary.notes.join()).toMatch(/pilot/)
    expect(described({ autonomyLevel: "suggest" }, { cutoff: null }).summary.notes).toEqual([])
  })

  test("say of a dry run that nothing is proposed", () => {
    expect(described({ dryRun: true }).summary.notes.join()).toMatch(/dry run/)
    expect(described().summary.notes.join()).not.toMatch(/dry run/)
  })
})

test("a verdict comes first, and the items say what most get, at which price and chance", () => {
  const { summary } = described()
  expect(summary.verdict).toBe(
    "2 customers are sent 2 different items, worth 8.00 EUR in expectation; no item is more than 50.0 % of 2 sends.",
  )
  expect(summary.items).toMatchObject({ distinct: 2, largestShare: 0.5, prices: { low: 4, median: 6, high: 6 } })
  expect(summary.items!.most).toContainEqual({
    itemId: "b",
    title: "Bread",
    price: 6,
    sends: 1,
    share: 0.5,
    meanKeepProbability: 0.6,
    meanOrganicProbability: 0,
    expectedValue: 5,
  })
})

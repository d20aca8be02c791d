import { expect, test } from "vitest"
import { createPlanTally } from "../../../src/core/plan/plan-tally.ts"

test("exclusions count customers and their items by reason, the largest first, without those of nobody", () => {
  const tally = createPlanTally()
  tally.excludeCustomer("consent")
  tally.excludeItems("price", 5)
  tally.excludeItems("price", 2)
  tally.excludeItems("stock", 0)
  tally.excludeCandidates("budgets", 30)
  expect(tally.exclusions()).toEqual([
    { reason: "price", customers: 2, candidates: 5 + 2 },
    { reason: "consent", customers: 1, candidates: 0 },
    { reason: "budgets", customers: 0, candidates: 30 },
  ])
})

test("customers and those eligible are counted apart", () => {
  const tally = createPlanTally()
  for (let n = 0; n < 3; n++) tally.countCustomer()
  tally.countEligible()
  expect(tally.counts()).toEqual({ customers: 3, eligible: 1 })
})

test("the curve adds the surest sends first, and has no point where nothing is worth sending", () => {
  const tally = createPlanTally()
  expect(tally.curve()).toEqual([])
  for (const [keep, value] of [
    [0.5, 1],
    [0.9, 2],
    [1, 4],
  ] as const)
    tally.addBest({ itemId: "a", keep, buysAnyway: 0, value, money: 1, gift: false })
  expect(tally.curve()).toEqual([
    { sends: 1, keptShare: 1, expectedValue: 4 },
    { sends: 2, keptShare: (1 + 0.9) / 2, expectedValue: 4 + 2 },
    { sends: 3, keptShare: (1 + 0.9 + 0.5) / 3, expectedValue: 4 + 2 + 1 },
  ])
})

import { describe, expect, test } from "vitest"
import { createRandom } from "../../../models/random.ts"
import { armOfShare } from "../../../src/core/experiment/assign.ts"
import { type ExperimentDraft, experimentDraftSchema } from "../../../src/core/experiment/experiment-schema.ts"
import { judge } from "../../../src/core/experiment/judge.ts"
import { addOutcome, type CustomerOutcome, noSums } from "../../../src/core/experiment/metric-sums.ts"
import { readMetric } from "../../../src/core/experiment/read-metric.ts"
import type { MetricResult } from "../../../src/core/experiment/results-schema.ts"

const designOf = (rest: object = {}): ExperimentDraft =>
  experimentDraftSchema.parse({
    arms: [
      { id: "control", share: 0.5 },
      { id: "new", share: 0.5 },
    ],
    goal: { id: "ordered", event: "Order Completed" },
    stopping: { plannedCustomers: 2000 },
    ...rest,
  })

const events = (count: number, value = 0) => ({ events: count, value })
const outcome = (arm: string, rest: Partial<CustomerOutcome> = {}): CustomerOutcome => ({
  arm,
  uniform: 0,
  before: events(0),
  after: events(0),
  per: events(0),
  orders: null,
  ...rest,
})

/** Customers of whom every tenth of the control and every fifth of the new arm orders; regulars order more often in both. */
function readShares(design: ExperimentDraft, customers: number): MetricResult {
  const random = createRandom(7, customers)
  const sums = noSums(design.goal, design)
  for (let n = 0; n < customers; n++) {
    const arm = n % 2 === 0 ? "control" : "new"
    const isRegular = random() < 0.3
    const ordered = random() < (arm === "new" ? 0.2 : 0.1) * (isRegular ? 3 : 0.14)
    const before = events(isRegular ? 2 : 0)
    addOutcome(sums, outcome(arm, { uniform: random(), before, after: events(Number(ordered)) }))
  }
  return readMetric(sums, design, "goal", 0)
}

test("an arm is drawn by its share of the unit interval", () => {
  const arms = [
    { id: "a", share: 0.2 },
    { id: "b", share: 0.8 },
  ]
  expect([0, 0.19, 0.2, 0.999999].map((uniform) => armOfShare(arms, uniform).id)).toEqual(["a", "a", "b", "b"])
})

test("known customers explain a part of who orders, and the interval shrinks by it", () => {
  const { comparisons, arms, missing } = readShares(designOf(), 2000)
  expect(missing).toBeNull()
  expect(arms.map(({ customers }) => customers)).toEqual([1000, 1000])
  expect(comparisons[0]!.varianceCut).toBeGreaterThan(0.05)
  expect(comparisons[0]!.low).toBeGreaterThan(0)
  expect(comparisons[0]!.detectableEffect).toBeGreaterThan(0)
})

test("below 20 events in the smaller arm nothing is compared", () => {
  const { comparisons, missing } = readShares(designOf(), 100)
  expect(comparisons).toEqual([])
  expect(missing).toMatch(/of the 20/)
})

test("a customer counts for no more than the cap, and a ratio divides sums", () => {
  const design = designOf({ goal: { id: "spent", event: "Order Completed", of: "value", cap: 50 } })
  const sums = noSums(design.goal, design)
  addOutcome(sums, outcome("new", { after: events(1, 20) }))
  addOutcome(sums, outcome("new", { after: events(2, 900) }))
  expect(readMetric(sums, design, "goal", 0).arms[1]).toMatchObject({ events: 2, mean: 35 })
  const ratio = designOf({ goal: { id: "rate", event: "Clicked", of: "events", per: "Viewed" } })
  const sumsOfRatio = noSums(ratio.goal, ratio)
  addOutcome(sumsOfRatio, outcome("new", { after: events(1), per: events(4) }))
  addOutcome(sumsOfRatio, outcome("new", { after: events(2), per: events(2) }))
  expect(readMetric(sumsOfRatio, ratio, "goal", 0).arms[1]).toMatchObject({ events: 3, mean: 0.5 })
})

test("with three arms each comparison is held to half of the level", () => {
  const arms = ["control", "a", "b"].map((id, n) => ({ id, share: n === 0 ? 0.5 : 0.25 }))
  const widthOf = (design: ExperimentDraft) => {
    const sums = noSums(design.goal, design)
    for (const { id } of design.arms)
      for (let n = 0; n < 400; n++) addOutcome(sums, outcome(id, { uniform: (n % 32) / 32, after: events(n % 2) }))
    const { fixedHorizon } = readMetric(sums, design, "goal", 0).comparisons[0]!
    return fixedHorizon.high - fixedHorizon.low
  }
  expect(widthOf(designOf({ arms })) / widthOf(designOf())).toBeCloseTo(2.2414 / 1.96, 2)
})

describe("the stopping rule", () => {
  const metric = (rest: Partial<MetricResult>, interval: [number, number] | null, fixed = interval): MetricResult => ({
    id: "ordered",
    role: "goal",
    kind: "proportion",
    direction: "increase",
    waiting: 0,
    arms: [
      { arm: "control", customers: 400, events: 50, mean: 0.1, adjustedMean: 0.1 },
      { arm: "new", customers: 400, events: 50, mean: 0.1, adjustedMean: 0.1 },
    ],
    comparisons:
      interval === null
        ? []
        : [
            {
              arm: "new",
              effect: 0,
              low: interval[0],
              high: interval[1],
              pValue: 1,
              fixedHorizon: { low: fixed![0], high: fixed![1], pValue: 1 },
              relativeEffect: 0,
              probabilityHigher: 0.5,
              varianceCut: 0,
              detectableEffect: 0.1,
            },
          ],
    missing: interval === null ? "too few events" : null,
    ...rest,
  })
  const full = [
    { arm: "control", customers: 1000, events: 50, mean: 0.1, adjustedMean: 0.1 },
    { arm: "new", customers: 1000, events: 50, mean: 0.1, adjustedMean: 0.1 },
  ]
  const codeOf = (metrics: readonly MetricResult[], rest: object = {}, isRatioBroken = false) =>
    judge({ design: designOf(rest), metrics, isRatioBroken }).code

  test("stops for an effect at any time, in either direction of a goal", () => {
    expect(codeOf([metric({}, [0.01, 0.2])])).toBe("goalReached")
    expect(codeOf([metric({}, [-0.2, -0.01])])).toBe("goalHarmed")
    expect(codeOf([metric({ direction: "decrease" }, [-0.2, -0.01])])).toBe("goalReached")
    expect(codeOf([metric({}, [-0.1, 0.2])])).toBe("notYet")
    expect(codeOf([metric({}, null)])).toBe("notYet")
  })

  test("with a fixed horizon says nothing before the planned end, and reads that interval there", () => {
    const fixedHorizon = { stopping: { reading: "fixedHorizon", plannedCustomers: 2000 } }
    expect(codeOf([metric({}, [0.01, 0.2])], fixedHorizon)).toBe("notYet")
    expect(codeOf([metric({ arms: full }, [-0.01, 0.2], [0.01, 0.15])], fixedHorizon)).toBe("goalReached")
    expect(codeOf([metric({ arms: full }, [-0.01, 0.2])], fixedHorizon)).toBe("plannedEndReached")
  })

  test("stops for a guardrail that gets worse, and before all else for shares that are broken", () => {
    const guardrail = metric({ id: "complaints", role: "guardrail", direction: "decrease" }, [0.01, 0.02])
    expect(codeOf([metric({}, [0.01, 0.2]), guardrail])).toBe("guardrailHarmed")
    expect(codeOf([metric({}, [0.01, 0.2]), guardrail], {}, true)).toBe("sampleRatioBroken")
  })
})

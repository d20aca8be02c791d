import { describe, expect, test } from "vitest"
import { createRandom } from "../../../models/random.ts"
import { designHalt } from "../../../src/core/plan/halt.ts"
import { createPlanMonitors } from "../../../src/core/plan/plan-monitoring.ts"

const design = designHalt({ promise: 0.7 })
const outcome = (n: number, segment: string, kept: boolean, isBeforeResume = false) => ({
  customerId: `c${n}`,
  segment,
  expected: 0.8,
  kept,
  isBeforeResume,
})

describe("the instruments over a plan", () => {
  test("read what was expected and what came true", () => {
    const watch = createPlanMonitors(design, ["new", "regular"])
    for (let n = 0; n < 100; n++) watch.add(outcome(n, n < 60 ? "new" : "regular", n % 5 !== 0))
    const { plan, segments, calibration } = watch.monitoring()
    expect(plan).toMatchObject({ sends: 100, customers: 100, keptShare: 80 / 100, halted: false })
    expect(plan.expectedKeptShare).toBeCloseTo(0.8)
    expect(plan.lowerBound!).toBeGreaterThan(0.5)
    expect(plan.lowerBound!).toBeLessThan(0.8)
    expect(segments.map(({ segment, sends }) => [segment, sends])).toEqual([
      ["new", 60],
      ["regular", 40],
    ])
    // One bound of two that hold together lies lower than one alone on as much.
    expect(segments[0]!.lowerBound!).toBeLessThan(plan.lowerBound!)
    expect(calibration).toMatchObject([{ sends: 100, observed: 80 / 100 }])
  })

  test("halt only the segment that breaks the promise, while the others carry the plan", () => {
    const random = createRandom(1)
    const watch = createPlanMonitors(design, ["good", "bad"])
    for (let n = 0; n < 3000; n++) {
      const isBad = n % 10 === 0
      watch.add(outcome(n, isBad ? "bad" : "good", random() < (isBad ? 0.3 : 0.85)))
    }
    const { plan, segments } = watch.monitoring()
    expect(plan.halted).toBe(false)
    expect(segments).toMatchObject([
      { segment: "good", halted: false },
      { segment: "bad", halted: true },
    ])
  })

  test("after a resumption the halt forgets what it had seen and the certificate does not", () => {
    const before = createPlanMonitors(design, [])
    const after = createPlanMonitors(design, [])
    for (let n = 0; n < 100; n++) {
      before.add(outcome(n, "", false))
      after.add(outcome(n, "", false, true))
    }
    expect(before.monitoring().plan).toMatchObject({ sends: 100, halted: true, lowerBound: 0 })
    expect(after.monitoring().plan).toMatchObject({ sends: 100, halted: false, lowerBound: 0 })
  })
})

import { expect, test } from "vitest"
import { posteriorFromVerdicts, type ScoredVerdict } from "../../../src/core/identity/resolution.ts"

const verdicts = (count: number, posterior: number, isSame: boolean): ScoredVerdict[] =>
  Array.from({ length: count }, () => ({ posterior, isSame }))

test("few verdicts leave the threshold where it is", () => {
  expect(posteriorFromVerdicts(verdicts(19, 0.8, true), 0.95)).toBe(0.95)
})

test("the threshold falls to where (20 + 1) / (20 + 2) of the pairs reviewed are one person", () => {
  expect(21 / 22).toBeGreaterThan(0.95)
  expect(posteriorFromVerdicts(verdicts(20, 0.8, true), 0.95)).toBe(0.8)
})

test("one pair in twenty of two people, (19 + 1) / (20 + 2), keeps it", () => {
  const reviewed = [...verdicts(19, 0.8, true), ...verdicts(1, 0.9, false)]
  expect(20 / 22).toBeLessThan(0.95)
  expect(posteriorFromVerdicts(reviewed, 0.95)).toBe(0.95)
})

test("joins that people took back raise it above them", () => {
  const takenBack = [...verdicts(15, 0.99, true), ...verdicts(5, 0.96, false)]
  expect(posteriorFromVerdicts(takenBack, 0.95)).toBeCloseTo(0.99, 5)
})

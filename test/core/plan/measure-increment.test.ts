import { expect, test } from "vitest"
import { createRandom, normal } from "../../../models/random.ts"
import { type CustomerOutcome, measureIncrement } from "../../../src/core/plan/measure-increment.ts"

/** Sending brings 1.5 more; what was expected of a customer explains most of what they are worth. */
function outcomesOf(count: number, seed: number, tell: boolean): CustomerOutcome[] {
  const random = createRandom(seed, 0x696e63)
  return Array.from({ length: count }, () => {
    const inHoldout = random() < 0.1
    const expected = 4 * normal(random)
    const value = expected + (inHoldout ? 0 : 1.5) + normal(random)
    return tell ? { inHoldout, value, expected } : { inHoldout, value }
  })
}

test("the increment is the difference of both arms' means, with their variances", () => {
  const outcomes = [
    { inHoldout: false, value: 5 },
    { inHoldout: false, value: 7 },
    { inHoldout: true, value: 1 },
    { inHoldout: true, value: 2 },
  ]
  const { increment, low, high, verdict } = measureIncrement(outcomes)
  expect(increment).toBe(6 - 1.5)
  expect((high - low) / 2).toBeCloseTo(1.959963984540054 * Math.sqrt(2 / 2 + 0.5 / 2), 12)
  expect(verdict).toBe("insufficientData")
})

test("no verdict is given below 400 holdout customers, and one above", () => {
  const few = outcomesOf(3000, 1, true)
  expect(measureIncrement(few)).toMatchObject({ verdict: "insufficientData" })
  const many = outcomesOf(6000, 1, true)
  expect(measureIncrement(many)).toMatchObject({ verdict: "positive" })
  expect(
    measureIncrement(many.map((one) => ({ ...one, value: one.inHoldout ? one.value : one.value - 3 }))),
  ).toMatchObject({
    verdict: "negative",
  })
})

test("the interval holds the truth about 95 times in 100, and what was expected makes it narrower", () => {
  for (const tell of [false, true]) {
    const found = Array.from({ length: 200 }, (_, run) => measureIncrement(outcomesOf(1500, 50 + run, tell)))
    const covered = found.filter(({ low, high }) => low <= 1.5 && 1.5 <= high).length / 200
    expect(covered).toBeGreaterThan(0.95 - 4 * Math.sqrt((0.05 * 0.95) / 200))
  }
  const width = (tell: boolean) => {
    const { low, high } = measureIncrement(outcomesOf(3000, 7, tell))
    return high - low
  }
  expect(width(true)).toBeLessThan(width(false) / 2)
})

import { describe, expect, test } from "vitest"
import { effectSlope, normalisedQini, qiniCurve, upliftAt } from "../../../src/core/measure/uplift.ts"

/** Eight customers: the first four respond only when treated, the others never. */
const trial = { treated: [1, 0, 1, 0, 1, 0, 1, 0], outcome: [1, 0, 1, 0, 0, 0, 0, 0] }
const persuadableFirst = [8, 7, 6, 5, 4, 3, 2, 1]

describe("the Qini curve", () => {
  test("is treated outcomes less control outcomes scaled to as many treated", () => {
    const { gain } = qiniCurve([4, 3, 2, 1], { treated: [1, 0, 0, 1], outcome: [1, 1, 0, 1] })
    expect([...gain]).toEqual([0, 1, 1 - (1 * 1) / 1, 1 - (1 * 1) / 2, 2 - (1 * 2) / 2])
  })

  test("lets customers of one score enter together", () =>
    expect([...qiniCurve([1, 1, 1, 1], { treated: [1, 0, 0, 1], outcome: [1, 1, 0, 1] }).customers]).toEqual([0, 4]))

  test("encloses nothing for a score that says nothing, and everything for the best order", () => {
    expect(normalisedQini(new Array(8).fill(1), trial)).toBe(0)
    expect(normalisedQini([1, 0, 1, 0, 0, 0, 0, 0], trial)).toBeCloseTo(1)
    expect(normalisedQini(persuadableFirst, trial)).toBeGreaterThan(0)
    expect(normalisedQini([...persuadableFirst].reverse(), trial)).toBeLessThan(0)
  })
})

test("the uplift of the best half is the difference of its arms' means", () =>
  expect(upliftAt(0.5, persuadableFirst, trial)).toBe(2 / 2 - 0 / 2))

test("effects predicted twice too large have a slope of one half", () => {
  const { value, low } = effectSlope([2, 2, 2, 2, 0, 0, 0, 0], trial, new Array(8).fill(0.5))
  expect(value).toBeCloseTo((2 * (2 / 4) - 0) / 2)
  expect(low).toBeLessThan(value)
})

import { expect, test } from "vitest"
import { holm } from "../../../src/core/measure/holm.ts"

test("the smallest of three is held to a third of the level, the next to a half", () => {
  expect(holm([0.01, 0.04, 0.03], 0.05)).toEqual([true, false, false])
  expect(holm([0.01, 0.04, 0.02], 0.05)).toEqual([true, true, true])
})

test("what cannot be told is never rejected, and hides nothing that can", () =>
  expect(holm([Number.NaN, 0.001], 0.05)).toEqual([false, true]))

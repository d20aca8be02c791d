import { expect, test } from "vitest"
import { upperTail } from "../../../models/bench/decide/selection-test.ts"

test("with two degrees of freedom the upper tail is an exponential", () => {
  expect(upperTail(3, 2)).toBeCloseTo(Math.exp(-3 / 2), 12)
})

test("each two degrees more add the next term of the exponential series", () => {
  expect(upperTail(8, 6)).toBeCloseTo(Math.exp(-4) * (1 + 4 + 4 ** 2 / 2), 12)
})

test("one standard normal deviation is passed, either side, by 31.7 % of draws", () => {
  expect(upperTail(1, 1)).toBeCloseTo(0.3173105, 6)
})

import { expect, test } from "vitest"
import { linearOutcomes } from "../../../src/core/measure/linear-outcomes.ts"

test("a linear world is expected as it is, of options chosen or not", () => {
  const choices = [1, 2, 3, 4, 5, 6].map((x) => ({
    customerId: String(x),
    options: [x, -x],
    chosen: 0,
    reward: 2 + 3 * x,
  }))
  const model = linearOutcomes<number, (typeof choices)[number]>(
    ({ options }, option) => [options[option]!],
    1e-9,
  )(choices)
  expect(model(choices[3]!, 0)).toBeCloseTo(2 + 3 * 4)
  expect(model(choices[3]!, 1)).toBeCloseTo(2 + 3 * -4)
})

test("a column that never changes says nothing", () => {
  const choices = [0, 1].map((reward) => ({ customerId: String(reward), options: ["o"], chosen: 0, reward }))
  const model = linearOutcomes<string, (typeof choices)[number]>(() => [7])(choices)
  expect(model(choices[0]!, 0)).toBeCloseTo((0 + 1) / 2)
})

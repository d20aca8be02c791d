import fc from "fast-check"
import { describe, expect, test } from "vitest"
import { createRandom } from "../../../models/random.ts"
import { crossFit, meanOutcomes } from "../../../src/core/measure/cross-fit.ts"
import { clusteredMean } from "../../../src/core/measure/estimate.ts"
import {
  directMethod,
  doublyRobust,
  inversePropensityScore,
  selfNormalisedScore,
} from "../../../src/core/measure/off-policy.ts"
import { missingSupport, overlapOf } from "../../../src/core/measure/overlap.ts"

const log = { reward: Float64Array.of(1, 0, 4), weight: Float64Array.of(2, 0.5, 0.5) }

describe("the mean of clustered values", () => {
  test("has the ordinary standard error when every value stands alone", () =>
    expect(clusteredMean([1, 2, 6]).error).toBeCloseTo(Math.sqrt((4 + 1 + 9) / 2 / 3)))

  test("counts a customer's values as one where they move together", () =>
    expect(clusteredMean([1, 1, 3, 3], ["a", "a", "b", "b"]).error).toBeCloseTo(clusteredMean([1, 3]).error))

  test("is not trusted at all when it comes from one customer", () =>
    expect(clusteredMean([1, 3], ["a", "a"]).error).toBe(Number.POSITIVE_INFINITY))
})

describe("estimators", () => {
  test("IPS is the mean of weighted rewards", () =>
    expect(inversePropensityScore(log).value).toBeCloseTo((2 * 1 + 0.5 * 0 + 0.5 * 4) / 3))

  test("self-normalised IPS divides by the weights instead", () => {
    const value = (2 * 1 + 0.5 * 4) / (2 + 0.5 + 0.5)
    const influences = [2 * (1 - value), 0.5 * (0 - value), 0.5 * (4 - value)].map((influence) => influence / 1)
    const error = Math.sqrt((3 / 2) * influences.reduce((sum, influence) => sum + influence ** 2, 0)) / 3
    expect(selfNormalisedScore(log).value).toBeCloseTo(value)
    expect(selfNormalisedScore(log).error).toBeCloseTo(error)
  })

  test("doubly robust adds the weighted surprise to what was expected", () => {
    const expected = { ofChosen: Float64Array.of(0.5, 1, 2), ofCandidate: Float64Array.of(1, 1, 3) }
    const terms = [1 + 2 * 0.5, 1 - 0.5 * 1, 3 + 0.5 * 2]
    expect(doublyRobust(log, expected).value).toBeCloseTo((terms[0]! + terms[1]! + terms[2]!) / 3)
  })

  const rewards = fc.array(fc.double({ min: -5, max: 5, noNaN: true }), { minLength: 2, maxLength: 40 })

  test("of the logging policy itself are its mean reward", () =>
    fc.assert(
      fc.property(rewards, (values) => {
        const same = { reward: Float64Array.from(values), weight: new Float64Array(values.length).fill(1) }
        const mean = values.reduce((sum, value) => sum + value, 0) / values.length
        expect(inversePropensityScore(same).value).toBeCloseTo(mean)
        expect(selfNormalisedScore(same).value).toBeCloseTo(mean)
      }),
    ))

  test("need no correction from a model that is never wrong", () =>
    fc.assert(
      fc.property(rewards, (values) => {
        const reward = Float64Array.from(values)
        const perfect = { ofChosen: reward, ofCandidate: reward.map((value) => value / 2) }
        const weight = reward.map((_, n) => (n % 3) + 0.1)
        expect(doublyRobust({ reward, weight }, perfect)).toEqual(directMethod(perfect))
      }),
    ))

  test("self-normalised stay between the least and the largest reward", () =>
    fc.assert(
      fc.property(rewards, (values) => {
        const weight = Float64Array.from(values, (_, n) => (n % 5) + 0.1)
        const { value } = selfNormalisedScore({ reward: Float64Array.from(values), weight })
        expect(value).toBeGreaterThanOrEqual(Math.min(...values) - 1e-9)
        expect(value).toBeLessThanOrEqual(Math.max(...values) + 1e-9)
      }),
    ))
})

describe("cross-fitting", () => {
  test("never lets a model see the customer it speaks of", () => {
    const choices = ["a", "b", "a", "c", "b"].map((customerId) => ({
      customerId,
      options: ["x"],
      chosen: 0,
      reward: 0,
    }))
    crossFit(
      choices,
      choices.map(() => [1]),
      (seen) => {
        const known = new Set(seen.map(({ customerId }) => customerId))
        return ({ customerId }) => {
          expect(known.has(customerId)).toBe(false)
          return 0
        }
      },
      2,
    )
  })

  test("means by option are drawn towards the mean of all", () => {
    const choices = [3, 3, 0, 0].map((reward, n) => ({
      customerId: String(n),
      options: ["x", "y"],
      chosen: reward === 3 ? 0 : 1,
      reward,
    }))
    const model = meanOutcomes<string>((option) => option, 2)(choices)
    expect(model(choices[0]!, 0)).toBeCloseTo((3 + 3 + 2 * 1.5) / 4)
    expect(model(choices[0]!, 1)).toBeCloseTo((0 + 0 + 2 * 1.5) / 4)
  })
})

describe("overlap", () => {
  test("counts how many decisions of the candidate the log amounts to", () => {
    const { effectiveSampleSize, maxWeight, meanWeight, topShare } = overlapOf(
      { weight: Float64Array.of(3, 1, 0, 0) },
      new Float64Array(4),
    )
    expect(effectiveSampleSize).toBeCloseTo(4 ** 2 / (9 + 1))
    expect(maxWeight).toBe(3)
    expect(meanWeight.value).toBe(1)
    expect(topShare).toBeCloseTo(3 / 4)
  })

  test("refuses a verdict from a log that could not choose what the policy would", () => {
    const even = { weight: new Float64Array(1000).fill(1) }
    expect(missingSupport(overlapOf(even, new Float64Array(1000)))).toEqual([])
    expect(missingSupport(overlapOf(even, new Float64Array(1000).fill(0.2)))).toEqual([
      "the logging policy could not have made 20.0 % of this policy's choices, at most 1.0 % is allowed",
    ])
  })

  test("refuses a verdict where the weights show that the logged probabilities are wrong", () =>
    expect(missingSupport(overlapOf({ weight: new Float64Array(1000).fill(1.2) }, new Float64Array(1000)))).toEqual([
      "the mean weight is 1.200, not 1: the logged probabilities do not match the logged choices",
    ]))
})

test("95 % intervals of the doubly robust estimate hold the truth of a known world about as often as they say", () => {
  const random = createRandom(20)
  const options = ["a", "b", "c"]
  const logged = [0.6, 0.3, 0.1]
  const candidate = [0.2, 0.3, 0.5]
  const rate = (context: number, option: number) => 0.1 + 0.15 * option + 0.2 * context
  const truth = [0, 1, 2].reduce((sum, option) => sum + candidate[option]! * rate(0.5, option), 0)
  const logs = 300
  let held = 0
  for (let n = 0; n < logs; n++) {
    const choices = Array.from({ length: 600 }, (_, decision) => {
      const context = random()
      const draw = random()
      const chosen = draw < 0.6 ? 0 : draw < 0.9 ? 1 : 2
      const reward = random() < rate(context, chosen) ? 1 : 0
      return { customerId: String(decision), options, chosen, reward }
    })
    const expected = crossFit(
      choices,
      choices.map(() => candidate),
      meanOutcomes<string>((option) => option),
    )
    const { low, high } = doublyRobust(
      {
        reward: Float64Array.from(choices, ({ reward }) => reward),
        weight: Float64Array.from(choices, ({ chosen }) => candidate[chosen]! / logged[chosen]!),
      },
      expected,
    )
    if (low <= truth && truth <= high) held++
  }
  const expectedMisses = Math.sqrt((0.95 * 0.05) / logs)
  expect(held / logs).toBeGreaterThan(0.95 - 3 * expectedMisses)
  expect(held / logs).toBeLessThan(0.95 + 3 * expectedMisses)
})

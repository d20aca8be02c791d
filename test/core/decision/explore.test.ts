import fc from "fast-check"
import { expect, test } from "vitest"
import { explore, toReward } from "../../../src/core/decision/explore.ts"
import { draw, uniformOf } from "../../../src/core/measure/draw.ts"

const rewardsOf = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 21 })
const bestOf = (rewards: readonly number[]) => rewards.indexOf(Math.max(...rewards))

test("two options a tenth apart get the probabilities of SquareCB with its floor", () => {
  const { probabilities, gamma, epsilon } = explore([0.5, 0.4], 0, 0.02)
  expect(epsilon).toBeCloseTo(0.02 / 4)
  expect(gamma).toBeCloseTo((1 - 0.005) / (0.02 - 0.005 / 2) - 2)
  const second = (1 - epsilon) / (2 + gamma * 0.1) + epsilon / 2
  expect(probabilities[1]).toBeCloseTo(second)
  expect(probabilities[0]).toBeCloseTo(1 - second)
})

test("the expected cost never exceeds the stated share, and reaches it when the others are worth nothing", () => {
  const cost = (rewards: readonly number[], share: number) => {
    const best = bestOf(rewards)
    const { probabilities } = explore(rewards, best, share)
    return rewards.reduce((sum, reward, n) => sum + probabilities[n]! * (rewards[best]! - reward), 0)
  }
  fc.assert(
    fc.property(rewardsOf, fc.double({ min: 0.001, max: 0.2, noNaN: true }), (rewards, share) => {
      expect(cost(rewards, share)).toBeLessThanOrEqual(share + 1e-12)
    }),
  )
  expect(cost([1, ...Array<number>(20).fill(0)], 0.02)).toBeCloseTo(0.02, 12)
})

test("the best option is the most likely and equals share equally", () => {
  fc.assert(
    fc.property(rewardsOf, (rewards) => {
      const best = bestOf(rewards)
      const { probabilities } = explore(rewards, best, 0.02)
      for (const probability of probabilities) expect(probability).toBeLessThanOrEqual(probabilities[best]! + 1e-12)
    }),
  )
  const { probabilities } = explore([0.3, 0.3, 0.3], 1, 0.02)
  for (const probability of probabilities) expect(probability).toBeCloseTo(1 / 3)
})

test("scores are scaled by fixed bounds and clipped", () => {
  const bounds = { low: -2, high: 8 }
  expect([-3, -2, 3, 8, 9].map((score) => toReward(score, bounds))).toEqual([0, 0, 0.5, 1, 1])
})

test("a draw falls on the option whose share of the line it hits", () => {
  expect([0, 0.19, 0.2, 0.69, 0.7, 0.999].map((uniform) => draw([0.2, 0.5, 0.3], uniform))).toEqual([0, 0, 1, 1, 2, 2])
})

test("seeds that differ in one character are spread evenly over [0, 1)", () => {
  const bins = 20
  const seeds = 100_000
  const counts = Array<number>(bins).fill(0)
  for (let n = 0; n < seeds; n++) counts[Math.floor(uniformOf(`decision-${n}/default-1/0`) * bins)]!++
  const expected = seeds / bins
  const chiSquare = counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0)
  // The 99.9th percentile of chi-square with 19 degrees of freedom.
  expect(chiSquare).toBeLessThan(43.8)
})

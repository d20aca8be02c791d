import { expect, test } from "vitest"
import { type PooledForecast, poolWeights } from "../../models/propensity/pool-weights.ts"
import { createRandom, normal } from "../../models/random.ts"
import { sigmoid } from "../../src/core/measure/logistic-regression.ts"

const pairs = [
  { kind: "promotion", channel: "web" },
  { kind: "retention", channel: "web" },
] as const

/** Forecasts of what has the log-odds of both parts: the network knows the first, the prior the second, each beside noise. */
function forecasts(count: number, { network, prior }: { network: number; prior: number }, seed = 1): PooledForecast[] {
  const random = createRandom(seed)
  return Array.from({ length: count }, (_, n) => {
    const truth = -1.5 + normal(random)
    const told = (deviation: number) => sigmoid(truth + deviation * normal(random))
    return {
      ...pairs[n % 2]!,
      network: told(network),
      prior: told(prior),
      accepted: random() < sigmoid(truth),
    }
  })
}
const weightOf = (given: readonly PooledForecast[], kind: string) =>
  poolWeights(given, pairs).find((pair) => pair.kind === kind)?.weight ?? 0

test("the network replaces a prior that knows nothing, by evidence", () => {
  expect(weightOf(forecasts(3000, { network: 0, prior: 2 }), "promotion")).toBeGreaterThan(0.8)
  expect(weightOf(forecasts(3000, { network: 2, prior: 0 }), "promotion")).toBeLessThan(0.15)
})

test("two that know as much share their say", () => {
  const weight = weightOf(forecasts(6000, { network: 0.7, prior: 0.7 }), "promotion")
  expect(weight).toBeGreaterThan(0.25)
  expect(weight).toBeLessThan(0.75)
})

test("with few outcomes the prior stays", () =>
  expect(poolWeights(forecasts(8, { network: 0.5, prior: 0.5 }), pairs)).toEqual([]))

test("a kind whose outcomes say so keeps to the prior while others do not", () => {
  const good = forecasts(3000, { network: 0, prior: 1.5 }).filter(({ kind }) => kind === "promotion")
  const bad = forecasts(3000, { network: 2.5, prior: 0 }, 2).filter(({ kind }) => kind === "retention")
  const all = [...good, ...bad]
  expect(weightOf(all, "promotion")).toBeGreaterThan(0.7)
  expect(weightOf(all, "retention")).toBeLessThan(0.2)
})

import { expect, test } from "vitest"
import { sigmoid } from "../../../src/core/measure/logistic-regression.ts"
import { candidateFeatureNames, contextFeatureNames } from "../../../src/core/propensity/decision-features.ts"
import { incrementsOf, knowsNothing, organicPropensity } from "../../../src/core/propensity/increment.ts"
import { nothingId } from "../../../src/core/propensity/propensity-network.ts"
import { plainNetwork } from "../../support/propensity.ts"

const situation = new Float32Array(contextFeatureNames.length)
const facts = new Float32Array(1)
const features = new Float32Array(candidateFeatureNames.length)

test("an increment is the chance with the offer beside that of `nothing` in the same place", () => {
  const network = { ...plainNetwork, rowOf: new Map([[nothingId, 1]]) }
  expect(knowsNothing(network)).toBe(true)
  expect(knowsNothing(plainNetwork)).toBe(false)
  const [increment] = incrementsOf(network, situation, facts, [{ offerId: "new", features }])
  expect(increment!.offered).toBeCloseTo(sigmoid(-4))
  expect(increment!.organic).toBeCloseTo(sigmoid(-4 + 0.5))
})

test("what would be accepted anyway is what is accepted less what the offer adds, never less than nothing", () => {
  expect(organicPropensity(0.3, { offered: 0.5, organic: 0.4 })).toBeCloseTo(0.3 - 0.1)
  expect(organicPropensity(0.05, { offered: 0.5, organic: 0.4 })).toBe(0)
})

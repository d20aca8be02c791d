import { expect, test } from "vitest"
import type { Candidate } from "../../../src/core/decision/candidate.ts"
import { candidateFeatureNames, featuresOf, situationFeatureNames } from "../../../src/core/decision/features.ts"
import { propensitiesOf } from "../../../src/core/decision/propensities.ts"
import type { PropensityNetwork } from "../../../src/core/decision/propensity-network.ts"
import { identityCalibrator } from "../../../src/core/measure/calibrator.ts"
import { sigmoid } from "../../../src/core/measure/logistic-regression.ts"
import { historyOf, noon, viewed } from "../../support/release.ts"

const inputs = situationFeatureNames.length + 1 + candidateFeatureNames.length
const ones = (length: number) => new Float32Array(length).fill(1)

/** logit = bias + the offer's bias + Σ features, plus 2 · relu(relu(the fact)). */
const network: PropensityNetwork = {
  factNames: ["age"],
  rowOf: new Map([["known", 1]]),
  calibrator: identityCalibrator,
  known: [{ kind: "promotion", channel: "web" }],
  weights: {
    inputs,
    embedding: 1,
    hidden: [1, 1],
    bias: -4,
    center: new Float32Array(inputs),
    scale: ones(inputs),
    offerVectors: Float32Array.of(0, 0),
    offerBias: Float32Array.of(0, 0.5),
    wide: ones(inputs),
    cross: new Float32Array(inputs),
    first: Float32Array.from({ length: inputs + 1 }, (_, input) => (input === situationFeatureNames.length ? 1 : 0)),
    firstBias: Float32Array.of(0),
    second: Float32Array.of(1),
    secondBias: Float32Array.of(0),
    out: Float32Array.of(2),
  },
}
const candidate = (id: string, kind: Candidate["offer"]["kind"]): Candidate => ({
  offer: { id, kind, title: id, value: 1, cost: 0, currency: "EUR", content: {} },
  item: undefined,
})
const question = { nowMs: noon, channel: "web", history: historyOf(viewed(0, "x")), facts: { age: 0.5 } } as const

test("an offer of a kind the network knows gets its probability, feature by feature", () => {
  const { situation, of } = featuresOf(question)
  const known = candidate("known", "promotion")
  const sum = [...situation, 0.5, ...of(known)].reduce((total, value) => total + value, 0)
  const { candidates } = propensitiesOf(question, [known, candidate("new", "promotion")], network, [])
  expect(candidates[0]!.source).toBe("network")
  expect(candidates[0]!.propensity).toBeCloseTo(sigmoid(-4 + 0.5 + sum + 2 * 0.5), 5)
  expect(candidates[1]!.propensity).toBeCloseTo(sigmoid(-4 + sum + 2 * 0.5), 5)
})

test("a kind that was not learnt on this channel, and a release without a network, keep to smoothed rates", () => {
  const counts = [{ kind: "retention", channel: "web", offered: 30, accepted: 4 }] as const
  const retention = candidate("r", "retention")
  for (const learnt of [network, null]) {
    const [answer] = propensitiesOf(question, [retention], learnt, counts).candidates
    expect(answer).toMatchObject({ source: "rates", propensity: (4 + 1) / (30 + 20) })
  }
})

test("what is given is accepted", () =>
  expect(propensitiesOf(question, [candidate("e", "extra")], network, []).candidates[0]).toMatchObject({
    source: "given",
    propensity: 1,
  }))

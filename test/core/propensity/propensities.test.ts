import { expect, test } from "vitest"
import type { Candidate } from "../../../src/core/decision/candidate.ts"
import { logit, sigmoid } from "../../../src/core/measure/logistic-regression.ts"
import { decisionFeatures } from "../../../src/core/propensity/decision-features.ts"
import { propensitiesOf } from "../../../src/core/propensity/propensities.ts"
import { plainNetwork } from "../../support/propensity.ts"
import { historyOf, noon, viewed } from "../../support/release.ts"

const candidate = (id: string, kind: Candidate["offer"]["kind"]): Candidate => ({
  offer: { id, kind, title: id, value: 1, cost: 0, currency: "EUR", content: {} },
  item: undefined,
})
const question = { nowMs: noon, channel: "web", history: historyOf(viewed(0, "x")), attributes: { age: 0.5 } } as const

test("an offer of a kind the network knows gets its probability, feature by feature", () => {
  const { context, of } = decisionFeatures(question)
  const known = candidate("known", "promotion")
  const sum = [...context, 0.5, ...of(known)].reduce((total, value) => total + value, 0)
  const { candidates } = propensitiesOf(question, [known, candidate("new", "promotion")], plainNetwork, [])
  expect(candidates[0]!.source).toBe("network")
  expect(candidates[0]!.propensity).toBeCloseTo(sigmoid(-4 + 0.5 + sum + 2 * 0.5), 5)
  expect(candidates[1]!.propensity).toBeCloseTo(sigmoid(-4 + sum + 2 * 0.5), 5)
})

test("a network that is not wholly believed answers between the prior and itself, in log-odds", () => {
  const known = candidate("known", "promotion")
  const half = { ...plainNetwork, known: [{ kind: "promotion", channel: "web", weight: 0.25 }] } as const
  const [whole] = propensitiesOf(question, [known], plainNetwork, []).candidates
  const [part] = propensitiesOf(question, [known], half, []).candidates
  expect(logit(part!.propensity)).toBeCloseTo(0.25 * logit(whole!.propensity) + 0.75 * logit(1 / 20), 9)
  expect(part!.source).toBe("network")
})

test("a kind that was not learnt on this channel, and a release without a network, keep to smoothed rates", () => {
  const counts = [{ kind: "retention", channel: "web", offered: 30, accepted: 4 }] as const
  const retention = candidate("r", "retention")
  for (const learnt of [plainNetwork, null]) {
    const [answer] = propensitiesOf(question, [retention], learnt, counts).candidates
    expect(answer).toMatchObject({ source: "rates", propensity: (4 + 1) / (30 + 20) })
  }
})

test("what is given is accepted", () =>
  expect(propensitiesOf(question, [candidate("e", "extra")], plainNetwork, []).candidates[0]).toMatchObject({
    source: "unconditional",
    propensity: 1,
  }))

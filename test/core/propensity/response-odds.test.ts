import fc from "fast-check"
import { expect, test } from "vitest"
import { logit } from "../../../src/core/measure/logistic-regression.ts"
import { responseLogOdds } from "../../../src/core/propensity/response-odds.ts"

const oddsRatio = (logOdds: number) => Math.exp(logOdds - logit(1 / 20))
const web = { kind: "promotion", channel: "web", offered: 100 } as const

test("before any offer was made, an average one is accepted one time in twenty", () =>
  expect(responseLogOdds("promotion", "web", [])).toBeCloseTo(logit(1 / 20), 12))

test("the first acceptances beside what was expected of them move a kind on a channel at once", () => {
  const counts = [{ ...web, expected: 4, accepted: 9 }]
  const shop = (9 + 1) / (4 + 1)
  const kind = (9 + shop) / (4 + 1)
  expect(oddsRatio(responseLogOdds("promotion", "web", counts))).toBeCloseTo((9 + kind) / (4 + 1), 12)
  expect(oddsRatio(responseLogOdds("promotion", "email", counts))).toBeCloseTo(kind, 12)
  expect(oddsRatio(responseLogOdds("retention", "web", counts))).toBeCloseTo(shop, 12)
})

test("decisions that were made without a prior expected one time in twenty", () =>
  expect(responseLogOdds("promotion", "web", [{ ...web, accepted: 5 }])).toBeCloseTo(
    responseLogOdds("promotion", "web", [{ ...web, accepted: 5, expected: 100 / 20 }]),
    12,
  ))

test("kinds that nobody accepts or refuses say nothing of the others", () => {
  const extras = [{ kind: "extra", channel: "web", offered: 500, accepted: 500, expected: 500 }] as const
  expect(responseLogOdds("promotion", "web", extras)).toBeCloseTo(logit(1 / 20), 12)
})

test("with many outcomes the ratio is what was accepted by what was expected", () => {
  fc.assert(
    fc.property(fc.double({ min: 0.1, max: 3, noNaN: true }), (ratio) => {
      const counts = [{ ...web, offered: 1e6, expected: 1e5, accepted: 1e5 * ratio }]
      expect(oddsRatio(responseLogOdds("promotion", "web", counts))).toBeCloseTo(ratio, 3)
    }),
  )
})

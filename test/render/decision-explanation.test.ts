import { expect, test } from "vitest"
import { decide } from "../../src/core/decision/decide.ts"
import { defaultPolicy } from "../../src/core/policy/policy.ts"
import { explainDecision } from "../../src/render/decision-explanation.ts"
import { offer, onTheHomePage, shopWith } from "../support/situations.ts"

/** The codes that explain the first decisions in which each outcome occurs. */
function codesOver(shop: ReturnType<typeof shopWith>): Set<string> {
  const codes = Array.from({ length: 300 }, (_, n) => {
    const answer = decide({ ...onTheHomePage, decisionId: `decision-${n}` }, shop, defaultPolicy)
    return explainDecision(answer.trace)[1]!.code
  })
  return new Set(codes)
}

test("an offer of most worth, one tried to learn, and silence each say so", () => {
  expect(codesOver(shopWith(offer({ id: "good", value: 40 })))).toEqual(new Set(["worthMost", "explored"]))
  expect(codesOver(shopWith(offer({ id: "dear", value: 1, cost: 1 })))).toEqual(
    new Set(["nothingWorthMore", "explored"]),
  )
  expect(codesOver(shopWith(offer({ id: "gift", kind: "extra", value: 5 })))).toEqual(new Set(["certain"]))
  expect(codesOver(shopWith(offer({ id: "past", validTo: "2020-01-01T00:00:00Z" })))).toEqual(
    new Set(["nothingSurvived"]),
  )
})

test("the basis of the values comes first", () => {
  const { trace } = decide(onTheHomePage, shopWith(offer({ id: "a" })), defaultPolicy)
  expect(explainDecision(trace)[0]!.code).toBe("propensityAlone")
})

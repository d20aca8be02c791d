import { expect, test } from "vitest"
import { decide } from "../../src/core/decision/decide.ts"
import { defaultPolicy } from "../../src/core/policy/policy.ts"
import { decisionReasons } from "../../src/render/decision-reasons.ts"
import { offer, onTheHomePage, shopWith } from "../support/situations.ts"

/** The codes that explain the first decisions in which each outcome occurs. */
function codesOver(shop: ReturnType<typeof shopWith>): Set<string> {
  const codes = Array.from({ length: 300 }, (_, n) => {
    const answer = decide({ ...onTheHomePage, decisionId: `decision-${n}` }, shop, defaultPolicy)
    return decisionReasons(answer, true)[1]!.code
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

test("without being asked only the basis of the value is told", () => {
  const answer = decide(onTheHomePage, shopWith(offer({ id: "a" })), defaultPolicy)
  expect(decisionReasons(answer, false).map(({ code }) => code)).toEqual(["propensityAlone"])
})

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

test("a placement whose offers are all dropped names the rules that drop most of them", () => {
  const past = (id: string) => offer({ id, validTo: "2020-01-01T00:00:00Z" })
  const { trace } = decide(onTheHomePage, shopWith(past("a"), past("b")), defaultPolicy)
  expect(explainDecision(trace)[1]!.text).toBe("All 2 offers of the placement are dropped: 2 by available (validTo).")
  const none = decide(onTheHomePage, shopWith(), defaultPolicy)
  expect(explainDecision(none.trace)[1]!.text).toBe("The placement has no offer.")
})

test("what is worth most is told in money beside the others", () => {
  const shop = shopWith(offer({ id: "a", value: 40, cost: 0 }), offer({ id: "b", value: 20, cost: 0 }))
  const texts = Array.from({ length: 100 }, (_, n) => {
    const { trace } = decide({ ...onTheHomePage, decisionId: `decision-${n}` }, shop, defaultPolicy)
    return explainDecision({ ...trace, currency: "EUR" })[1]!.text
  })
  // Before outcomes one in twenty accepts: 0.05 · 40 = 2.
  expect(texts).toContain("It is worth 2.00 EUR, more than the other offer and making none.")
})

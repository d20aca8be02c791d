import { createHash } from "node:crypto"
import fc from "fast-check"
import { describe, expect, test } from "vitest"
import type { Candidate } from "../../../src/core/decision/candidate.ts"
import { emptyHistory } from "../../../src/core/history/history.ts"
import {
  attributeFeatures,
  candidateFeatureNames,
  contextFeatureNames,
  decisionFeatures,
  type FeatureQuestion,
  featuresVersion,
  loggedFeatures,
} from "../../../src/core/propensity/decision-features.ts"
import { bought, day, historyOf, noon, viewed } from "../../support/release.ts"

const items = new Map(
  [
    { id: "cream", title: "Cream", price: 20, category: ["skin"], brand: "A" },
    { id: "soap", title: "Soap", price: 5, category: ["bath", "skin"], brand: "B" },
    { id: "lamp", title: "Lamp", price: 40, category: ["home"], brand: "B" },
  ].map((item) => [item.id, item]),
)
const question: FeatureQuestion = {
  nowMs: noon + 7 * day,
  channel: "email",
  history: historyOf(viewed(0, "cream"), viewed(0, "lamp"), bought(0, "cream")),
  items,
  affinity: () => 0.25,
}
const offer = (itemId?: string): Candidate => ({
  offer: { id: "o", kind: "promotion", title: "o", value: 8, cost: 0.5, currency: "EUR", content: {} },
  item: itemId === undefined ? undefined : items.get(itemId),
})
const situation = (name: string, asked = question) => decisionFeatures(asked).context[contextFeatureNames.indexOf(name)]
const candidate = (name: string, of: Candidate, asked = question) =>
  decisionFeatures(asked).of(of)[candidateFeatureNames.indexOf(name)]

describe("features", () => {
  test("stand in the order of their names", () => {
    expect(decisionFeatures(question).context).toHaveLength(contextFeatureNames.length)
    expect(decisionFeatures(question).of(offer("soap"))).toHaveLength(candidateFeatureNames.length)
    expect(new Set([...contextFeatureNames, ...candidateFeatureNames]).size).toBe(
      contextFeatureNames.length + candidateFeatureNames.length,
    )
  })

  test("have a new version where a name or their order changes", () => {
    const names = [...contextFeatureNames, ...candidateFeatureNames].join()
    const digest = createHash("sha256").update(names).digest("hex").slice(0, 16)
    expect({ featuresVersion, digest }, "raise featuresVersion, then state the digest here").toEqual({
      featuresVersion: "1",
      digest: "8a2b0ff7638e442d",
    })
  })

  test("tell a customer's past in logarithms and decays", () => {
    expect(situation("orders")).toBeCloseTo(Math.log(1 + 1), 4)
    expect(situation("views")).toBeCloseTo(Math.log(1 + 2), 4)
    expect(situation("sinceEvent")).toBeCloseTo(Math.exp(-1), 4)
    expect(situation("tenure")).toBeCloseTo(Math.log(1 + 7), 4)
    expect(situation("channel.email")).toBe(1)
    expect(situation("channel.web")).toBe(0)
  })

  test("tell how an offer's item concerns the customer", () => {
    expect(candidate("itemPurchases", offer("cream"))).toBeCloseTo(Math.log(2), 4)
    expect(candidate("sinceItem", offer("cream"))).toBeCloseTo(Math.exp(-7 / 14), 4)
    expect(candidate("categoryShare", offer("soap"))).toBeCloseTo((1 + 0.3) / (1 + 0.3 + 0.3), 4)
    expect(candidate("brandShare", offer("soap"))).toBeCloseTo(0.3 / (1 + 0.3 + 0.3), 4)
    expect(candidate("affinity", offer("soap"))).toBe(0.25)
    expect(candidate("value", offer())).toBeCloseTo(Math.log(1 + 8), 4)
    expect(candidate("hasItem", offer())).toBe(0)
  })

  test("of somebody unknown are plain zeros where there is nothing to know", () => {
    const unknown = { nowMs: noon, channel: "web", history: emptyHistory } as const
    for (const name of ["known", "orders", "sinceOrder", "sinceEvent", "tenure"])
      expect(situation(name, unknown)).toBe(0)
    for (const name of ["itemViews", "categoryShare", "affinity"])
      expect(candidate(name, offer("soap"), unknown)).toBe(0)
  })

  test("come back from a log exactly", () => {
    const { context: own, of } = decisionFeatures(question)
    for (const features of [own, of(offer("cream"))]) {
      const logged = JSON.parse(JSON.stringify(loggedFeatures(features))) as number[]
      expect(Float32Array.from(logged)).toEqual(features)
    }
  })

  test("are finite whatever the offer is worth", () =>
    fc.assert(
      fc.property(fc.double({ min: -1e9, max: 1e9, noNaN: true }), (value) => {
        const candidateOf = offer("lamp")
        const features = decisionFeatures(question).of({ ...candidateOf, offer: { ...candidateOf.offer, value } })
        expect(features.every(Number.isFinite)).toBe(true)
      }),
    ))
})

test("facts count as numbers, as truths, and as one of their values", () =>
  expect([
    ...attributeFeatures({ age: 41, member: true, locale: "it" }, [
      "age",
      "member",
      "locale=it",
      "locale=de",
      "locale",
      "none",
    ]),
  ]).toEqual([41, 1, 1, 0, 0, 0]))

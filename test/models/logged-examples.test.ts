import { describe, expect, test } from "vitest"
import {
  attributeNamesOf,
  learnableDecisions,
  minValueCount,
  offeredExamples,
  randomisedExamples,
} from "../../models/propensity/logged-examples.ts"
import { featuresVersion } from "../../src/core/propensity/decision-features.ts"
import { nothingId } from "../../src/core/propensity/propensity-network.ts"
import type { LoggedDecisionRow } from "../../src/store/decisions/decision-log.ts"

const day = 86_400_000
const option = (offerId: string | null, probability: number) => ({
  offerId,
  kind: offerId === null ? "nothing" : "promotion",
  probability,
  ...(offerId === null ? {} : { features: [offerId === "a" ? 1 : 2] }),
})

const row = (changes: Partial<LoggedDecisionRow> = {}, trace: object = {}): LoggedDecisionRow => ({
  id: "d",
  customerId: "c",
  at: 100 * day,
  placement: "home",
  channel: "web",
  offerId: "a",
  policyVersion: "1",
  trace: {
    featuresVersion,
    contextFeatures: [7],
    attributes: { age: 40, locale: "it" },
    options: [option(null, 0.2), option("a", 0.6), option("b", 0.2)],
    uniform: 0.5,
    ...trace,
  },
  reached: true,
  outcomes: [],
  ordered: false,
  ...changes,
})

const offered = (...rows: LoggedDecisionRow[]) =>
  offeredExamples(learnableDecisions(rows), ["age", "locale=it"], 7 * day)
const randomised = (...rows: LoggedDecisionRow[]) => randomisedExamples(learnableDecisions(rows), [])

describe("what is learnt of offers", () => {
  test("situation, facts and candidate stand in one row, with the chance the offer was drawn by", () => {
    const [example] = offered(row())
    expect([...example!.features]).toEqual([7, 40, 1, 1])
    expect(example).toMatchObject({ offerId: "a", probability: 0.6, accepted: false })
  })

  test("a purchase counts within the waiting time; later, or a click, is no acceptance", () => {
    const came = (outcome: "purchase" | "click", days: number) =>
      offered(row({ outcomes: [{ outcome, at: (100 + days) * day, value: null }] }))[0]!.accepted
    expect([came("purchase", 6), came("purchase", 8), came("click", 1)]).toEqual([true, false, false])
  })

  test("nothing is learnt from offers that reached nobody, nor from other features", () => {
    expect(offered(row({ reached: false }))).toEqual([])
    expect(offered(row({}, { featuresVersion: "0" }))).toEqual([])
  })

  test("numbers are facts by name, words by each value seen often enough", () => {
    const decisions = learnableDecisions(Array.from({ length: minValueCount }, () => row()))
    expect(attributeNamesOf(decisions)).toEqual(["age", "locale=it"])
    expect(attributeNamesOf(decisions.slice(1))).toEqual([])
  })
})

describe("what is learnt of silence", () => {
  test("a silence stands against the offer that the same draw finds among the others", () => {
    const at = (uniform: number) => [...randomised(row({ offerId: null, ordered: true }, { uniform }))[0]!.features]
    expect(at(0.2 * 0.7)).toEqual([7, 1])
    expect(at(0.2 * 0.8)).toEqual([7, 2])
  })

  test("either arm has its own chance, and the same outcome counts in both", () => {
    const [silent, spoken] = randomised(row({ offerId: null, ordered: true }, { uniform: 0.1 }), row({ ordered: true }))
    expect(silent).toMatchObject({ offerId: nothingId, kind: "nothing", accepted: true })
    expect(silent!.probability).toBeCloseTo(0.2)
    expect(spoken).toMatchObject({ offerId: "a", accepted: true })
    expect(spoken!.probability).toBeCloseTo(0.6 + 0.2)
  })

  test("a customer of the holdout is silent by a draw of their own, which either arm reckons with", () => {
    const arm = (name: string) => ({ name, quarter: "2026-Q1", holdoutShare: 0.1, standardShare: 0.8 })
    const held = [
      { ...option(null, 1), standardProbability: 0.2 },
      { ...option("a", 0), standardProbability: 0.6 },
      { ...option("b", 0), standardProbability: 0.2 },
    ]
    const silent = (uniform: number) =>
      randomised(row({ offerId: null, ordered: true }, { arm: arm("holdout"), options: held, uniform }))[0]!
    const [spoken] = randomised(row({ ordered: true }, { arm: arm("standard") }))
    // Held out or silent by the policy's own draw, of those in either arm: 1/9 + 8/9 · 0.2.
    expect(silent(0.5)).toMatchObject({ offerId: nothingId, kind: "nothing", accepted: true })
    expect(silent(0.5).probability).toBeCloseTo(1 / 9 + (8 / 9) * 0.2, 12)
    expect(spoken!.probability).toBeCloseTo((8 / 9) * 0.8, 12)
    // The offer that it stands against is drawn among the others by their shares: 0.6 of 0.8 are a's.
    expect([[...silent(0.74).features], [...silent(0.76).features]]).toEqual([
      [7, 1],
      [7, 2],
    ])
  })

  test("a decision that left nothing open teaches nothing", () =>
    expect(randomised(row({}, { options: [option("a", 1)] }))).toEqual([]))
})

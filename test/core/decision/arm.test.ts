import fc from "fast-check"
import { describe, expect, test } from "vitest"
import { type Arm, armAt, armProbabilities, arms, assignArm, quarterOf } from "../../../src/core/decision/arm.ts"
import { decide } from "../../../src/core/decision/decide.ts"
import { replay } from "../../../src/core/decision/replay.ts"
import { decisionTraceSchema } from "../../../src/core/decision/trace.ts"
import { defaultPolicy } from "../../../src/core/policy/policy.ts"
import { armUniform } from "../../../src/store/customers/arm-uniform.ts"
import { anyOffers, noonMs, offer, onTheHomePage, probabilityOf, shopWith } from "../../support/situations.ts"

const shares = { holdout: 0.02, propensityOnly: 0.01, randomRelevant: 0.03 }
const quarter = quarterOf(noonMs)
const inArm = (name: Arm) => ({ ...onTheHomePage, arm: { ...assignArm(0.99, shares, quarter), name } })

describe("the assignment", () => {
  test("gives each arm its share of the customers, and another draw each quarter", () => {
    const customers = 40_000
    const counts = new Map<Arm, number>()
    let heldTwice = 0
    for (let n = 0; n < customers; n++) {
      const id = `0190b6a4-0000-8000-8000-${n.toString(16).padStart(12, "0")}`
      const [now, next] = ["2026-Q4", "2027-Q1"].map((name) => armAt(armUniform(id, name), shares))
      counts.set(now!, (counts.get(now!) ?? 0) + 1)
      if (now === "holdout" && next === "holdout") heldTwice++
    }
    for (const [arm, share] of Object.entries(shares)) {
      const deviation = Math.sqrt((share * (1 - share)) / customers)
      expect(Math.abs(counts.get(arm as Arm)! / customers - share)).toBeLessThan(4 * deviation)
    }
    // Independent draws meet in .02² of 40,000 customers: 16, and seldom in more than 16 + 4·4.
    expect(heldTwice).toBeLessThan(32)
  })

  test("puts nobody into an arm without a share", () => {
    const none = { holdout: 0, propensityOnly: 0, randomRelevant: 0 }
    expect([0, 0.5, 0.999999].map((uniform) => armAt(uniform, none))).toEqual(["standard", "standard", "standard"])
  })

  test("is kept until the first moment of the next quarter in UTC", () => {
    const last = Date.UTC(2026, 11, 31, 23, 59, 59, 999)
    expect(quarterOf(last)).toEqual({ name: "2026-Q4", from: Date.UTC(2026, 9, 1), until: last + 1 })
    expect(quarterOf(last + 1).name).toBe("2027-Q1")
  })
})

describe("a decision in the holdout", () => {
  test("is nothing, whatever is offered but service, with what would have been offered and how likely", () => {
    fc.assert(
      fc.property(anyOffers(), fc.uuid(), (offers, decisionId) => {
        const shop = shopWith(...offers)
        const held = decide({ ...inArm("holdout"), decisionId }, shop, defaultPolicy)
        const standard = decide({ ...inArm("standard"), decisionId }, shop, defaultPolicy)
        expect(["nothing", "notice", "recovery"]).toContain(held.kind)
        expect(held.selectionProbability).toBe(1)
        expect(decisionTraceSchema.parse(held.trace)).toEqual(held.trace)
        if (held.trace.options.length < 2) return
        expect(held.trace.options.map(({ standardProbability }) => standardProbability)).toEqual(
          standard.trace.options.map(({ probability }) => probability),
        )
      }),
    )
  })

  test("drops an offer that is never drawn, and says why", () => {
    const parcel = offer({ id: "parcel", kind: "extra", value: 90 })
    const { kind, trace } = decide(inArm("holdout"), shopWith(parcel), defaultPolicy)
    expect(kind).toBe("nothing")
    expect(trace.dropped).toEqual([expect.objectContaining({ offerId: "parcel", stage: "holdout" })])
  })

  test("keeps its notices", () => {
    const notice = offer({ id: "late", kind: "notice", caseType: "none" })
    const answer = decide(inArm("holdout"), shopWith(notice, offer({ id: "sale", value: 90 })), defaultPolicy)
    expect(answer.chosen?.offer.id).toBe("late")
  })
})

test("every decision of every arm comes out of its log again", () => {
  fc.assert(
    fc.property(anyOffers(), fc.uuid(), fc.constantFrom(...arms), (offers, decisionId, arm) => {
      const answer = decide({ ...inArm(arm), decisionId }, shopWith(...offers), defaultPolicy)
      const logged = {
        id: decisionId,
        channel: "web" as const,
        policyVersion: defaultPolicy.version,
        offerId: answer.chosen?.offer.id ?? null,
        kind: answer.kind,
        trace: JSON.parse(JSON.stringify(answer.trace)),
      }
      const again = replay(logged, defaultPolicy, { network: null, incremental: null })
      expect(again).toMatchObject({ identical: true, differences: [] })
      expect(again.replayed.selectionProbability).toBe(answer.selectionProbability)
    }),
  )
})

describe("an offer at random", () => {
  test("is as likely as another, whatever each is worth", () => {
    const offers = [1, 50, 2000].map((value) => offer({ id: `worth-${value}`, value }))
    const answer = decide(inArm("randomRelevant"), shopWith(...offers), defaultPolicy)
    for (const { id } of offers) expect(probabilityOf(answer, id)).toBeCloseTo(1 / 3, 12)
    expect(probabilityOf(answer, null)).toBeCloseTo(0, 12)
  })

  test("leaves to nothing what the ramp of a new offer forbids", () => {
    expect(armProbabilities([0.1, 0.6, 0.3], [1, 0.25, 1], "randomRelevant")).toEqual([0.25, 0.25, 0.5])
  })
})

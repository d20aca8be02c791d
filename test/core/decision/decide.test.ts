import fc from "fast-check"
import { describe, expect, test } from "vitest"
import type { Consent } from "../../../src/core/customer/consent.ts"
import { decide } from "../../../src/core/decision/decide.ts"
import { decisionTraceSchema } from "../../../src/core/decision/trace.ts"
import { defaultPolicy } from "../../../src/core/policy/policy.ts"
import { bought, eventOf, historyOf } from "../../support/release.ts"
import {
  anyOffers,
  inAnEmail,
  noonMs,
  offer,
  onTheHomePage,
  probabilityOf,
  shopOf,
  shopWith,
} from "../../support/situations.ts"

const granted: Consent = { granted: true, at: "2025-01-01T00:00:00Z", source: "test" }
const openDelay = { ...onTheHomePage.history, delays: { "order-1": { openedAt: noonMs - 1, closedAt: null } } }
const answerTo = (question: typeof onTheHomePage, shop: Parameters<typeof decide>[1]) =>
  decide(question, shop, defaultPolicy)
const dropOf = (answer: ReturnType<typeof decide>, offerId: string) =>
  answer.trace.dropped.find((drop) => drop.offerId === offerId)

describe("for any offers", () => {
  test("probabilities sum to one, every option has its floor, and the trace is as its schema says", () => {
    fc.assert(
      fc.property(anyOffers(), (offers) => {
        const { trace } = answerTo(onTheHomePage, shopWith(...offers))
        expect(decisionTraceSchema.parse(trace)).toEqual(trace)
        expect(trace.options.reduce((sum, { probability }) => sum + probability, 0)).toBeCloseTo(1, 12)
        const floor = (trace.epsilon ?? 0) / trace.options.length
        for (const { probability } of trace.options) expect(probability).toBeGreaterThanOrEqual(floor)
        expect(trace.options.length + trace.dropped.length).toBe(
          offers.length + (trace.options.some(({ offerId }) => offerId === null) ? 1 : 0),
        )
      }),
    )
  })

  test("the logged probability is that of what was chosen", () => {
    fc.assert(
      fc.property(anyOffers(), fc.uuid(), (offers, decisionId) => {
        const answer = answerTo({ ...onTheHomePage, decisionId }, shopWith(...offers))
        expect(answer.selectionProbability).toBe(probabilityOf(answer, answer.chosen?.offer.id ?? null))
        expect(answer.selectionProbability).toBeGreaterThan(0)
      }),
    )
  })

  test("an offer that may not be made changes nothing but its own line", () => {
    const ineligible = offer({ id: "ended", value: 1e6, validTo: "2020-01-01T00:00:00Z" })
    fc.assert(
      fc.property(anyOffers(), (offers) => {
        const without = answerTo(onTheHomePage, shopWith(...offers))
        const withIt = answerTo(onTheHomePage, shopWith(...offers, ineligible))
        expect(withIt.trace.options).toEqual(without.trace.options)
        expect(withIt.chosen?.offer.id).toBe(without.chosen?.offer.id)
        expect(dropOf(withIt, "ended")).toMatchObject({ stage: "available", rule: "validTo" })
      }),
    )
  })

  test("raising an offer's value never lowers its probability", () => {
    fc.assert(
      fc.property(anyOffers(25), fc.nat(), fc.double({ min: 0, max: 500, noNaN: true }), (offers, pick, raise) => {
        fc.pre(offers.length > 0)
        const index = pick % offers.length
        const raised = offers.map((one, n) => (n === index ? { ...one, value: one.value + raise } : one))
        const { id } = offers[index]!
        const before = probabilityOf(answerTo(onTheHomePage, shopWith(...offers)), id)
        const after = probabilityOf(answerTo(onTheHomePage, shopWith(...raised)), id)
        expect(after).toBeGreaterThanOrEqual(before - 1e-12)
      }),
    )
  })

  test("without known consent nothing is ever sent off the shop's pages", () => {
    fc.assert(
      fc.property(
        anyOffers(),
        fc.constantFrom("email", "sms", "push", "post", "call-centre" as const),
        (offers, channel) => {
          expect(answerTo({ ...inAnEmail, channel }, shopWith(...offers)).kind).toBe("nothing")
        },
      ),
    )
  })
})

test("over many decisions each option is drawn as often as its probability says", () => {
  const offers = Array.from({ length: 6 }, (_, n) => offer({ id: `o${n}`, value: 10 * n }))
  const decisions = 40_000
  const { options } = answerTo(onTheHomePage, shopWith(...offers)).trace
  const counts = new Map<string | null, number>()
  for (let n = 0; n < decisions; n++) {
    const decisionId = `0190b6a4-0000-7000-8000-${n.toString(16).padStart(12, "0")}`
    const id = answerTo({ ...onTheHomePage, decisionId }, shopWith(...offers)).chosen?.offer.id ?? null
    counts.set(id, (counts.get(id) ?? 0) + 1)
  }
  for (const { offerId, probability } of options) {
    const deviation = Math.sqrt((probability * (1 - probability)) / decisions)
    expect(Math.abs((counts.get(offerId) ?? 0) / decisions - probability)).toBeLessThan(4 * deviation)
  }
})

test("the same decision id and policy draw the same answer again", () => {
  const shop = shopWith(...Array.from({ length: 10 }, (_, n) => offer({ id: `o${n}` })))
  expect(answerTo(onTheHomePage, shop)).toEqual(answerTo(onTheHomePage, shop))
})

test("nothing is the best when no offer is worth its cost, and scores 0", () => {
  const answer = answerTo(onTheHomePage, shopWith(offer({ id: "dear", value: 20, cost: 5 })))
  const [nothing, dear] = answer.trace.options
  expect(nothing).toMatchObject({ offerId: null, kind: "nothing", score: 0 })
  expect(dear).toMatchObject({ score: (1 / 20) * 20 - 5 })
  expect(nothing!.probability).toBeGreaterThan(dear!.probability)
})

test("a score is the smoothed acceptance rate times the value, less the cost", () => {
  const counts = [{ kind: "promotion", channel: "web", offered: 80, accepted: 19 }] as const
  const { trace } = decide(
    onTheHomePage,
    { ...shopWith(offer({ id: "a", value: 30, cost: 0.5 })), models: { network: null, incremental: null, counts } },
    defaultPolicy,
  )
  const rate = (1 + 19) / (20 + 80)
  expect(trace.options[1]).toMatchObject({ propensity: rate, score: rate * 30 - 0.5 })
})

test("at most twenty offers are explored, the best ones", () => {
  const offers = Array.from({ length: 30 }, (_, n) => offer({ id: `o${n}`, value: n }))
  const { options, dropped } = answerTo(onTheHomePage, shopWith(...offers)).trace
  expect(options.map(({ offerId }) => offerId)).toEqual([null, ...Array.from({ length: 20 }, (_, n) => `o${29 - n}`)])
  expect(dropped.every(({ rule }) => rule === "maxExplored")).toBe(true)
})

describe("consent", () => {
  const letter = shopWith(offer({ id: "letter" }))

  test("for marketing lets a promotion into an e-mail, on the channels it covers", () => {
    const allowed = answerTo({ ...inAnEmail, consents: { marketing: granted } }, letter)
    expect(probabilityOf(allowed, "letter")).toBeGreaterThan(0)
    const onlySms = { ...inAnEmail, consents: { marketing: { ...granted, channels: ["sms" as const] } } }
    expect(dropOf(answerTo(onlySms, letter), "letter")).toMatchObject({ stage: "consent", rule: "marketing" })
  })

  test("is not needed on the shop's own pages", () => {
    expect(probabilityOf(answerTo(onTheHomePage, letter), "letter")).toBeGreaterThan(0)
  })

  test("to a parcel is needed everywhere, and its ceiling and categories hold", () => {
    const item = { id: "cream", title: "Cream", price: 30, currency: "EUR", category: ["skin"] }
    const parcel = offer({ id: "box", kind: "parcel", itemId: "cream", value: 900, purpose: "service" })
    const shop = shopOf([parcel], [item])
    const asked = (consent: Partial<Consent> | null) =>
      answerTo({ ...onTheHomePage, consents: consent ? { "unasked-parcel": { ...granted, ...consent } } : {} }, shop)
    expect(dropOf(asked(null), "box")).toMatchObject({ stage: "consent", rule: "unasked-parcel" })
    expect(asked({}).kind).toBe("parcel")
    expect(asked({ priceCeiling: { amount: 30, currency: "EUR" }, categories: ["skin"] }).kind).toBe("parcel")
    expect(dropOf(asked({ priceCeiling: { amount: 29, currency: "EUR" } }), "box")?.rule).toBe("priceCeiling")
    expect(dropOf(asked({ priceCeiling: { amount: 30, currency: "USD" } }), "box")?.rule).toBe("priceCeiling")
    expect(dropOf(asked({ categories: ["hair"] }), "box")?.rule).toBe("categories")
  })
})

describe("a replenishment", () => {
  const cream = { id: "cream", title: "Cream" }
  const refill = offer({ id: "refill", kind: "replenishment", itemId: "cream" })
  const shop = shopOf([refill], [cream])
  const answerAfter = (...events: Parameters<typeof historyOf>) =>
    answerTo({ ...onTheHomePage, history: historyOf(...events) }, shop)

  test("is for who bought the item and kept it", () => {
    expect(probabilityOf(answerAfter(bought(0, "cream")), "refill")).toBeGreaterThan(0)
    for (const answer of [
      answerAfter(),
      answerAfter(bought(0, "soap")),
      answerAfter(bought(0, "cream"), eventOf("Order Refunded", 1, "cream")),
    ]) {
      expect(dropOf(answer, "refill")).toMatchObject({ stage: "applicability", rule: "boughtBefore" })
    }
  })
})

describe("a risk-class offer", () => {
  const gift = (value: number) =>
    shopWith(offer({ id: "gift", kind: "extra", value }), offer({ id: "promo", value: 40 }))

  test("is chosen surely when it is worth the most", () => {
    const answer = answerTo(onTheHomePage, gift(2.01))
    expect(answer.trace.options).toHaveLength(1)
    expect(answer).toMatchObject({ kind: "extra", selectionProbability: 1 })
    expect(dropOf(answer, "promo")?.stage).toBe("arbitration")
  })

  test("is never explored when it is not", () => {
    const answer = answerTo(onTheHomePage, gift(1.99))
    expect(probabilityOf(answer, "gift")).toBe(0)
    expect(dropOf(answer, "gift")?.stage).toBe("arbitration")
  })
})

describe("while a service matter is open", () => {
  const question = { ...onTheHomePage, history: openDelay }

  test("selling is silent and the message about it goes, whatever it is worth", () => {
    const sorry = offer({ id: "sorry", kind: "recovery", value: 0, cost: 1 })
    const answer = answerTo(question, shopWith(sorry, offer({ id: "sale", value: 500 })))
    expect(answer).toMatchObject({ kind: "recovery", selectionProbability: 1 })
    expect(dropOf(answer, "sale")).toMatchObject({ stage: "service", rule: "openCase" })
  })

  test("even a service message needs the consent of its own purpose by e-mail", () => {
    const notice = shopWith(offer({ id: "late", kind: "notice", value: 1 }))
    const byMail = { ...question, channel: "email" as const, consents: { marketing: granted } }
    expect(dropOf(answerTo(byMail, notice), "late")).toMatchObject({ stage: "consent", rule: "service" })
  })

  test("there is nothing to apologise for once it is closed", () => {
    const closed = { ...openDelay, delays: { "order-1": { openedAt: noonMs - 2, closedAt: noonMs - 1 } } }
    const answer = answerTo({ ...question, history: closed }, shopWith(offer({ id: "sorry", kind: "recovery" })))
    expect(dropOf(answer, "sorry")?.stage).toBe("applicability")
  })
})

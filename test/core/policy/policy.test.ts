import fc from "fast-check"
import { describe, expect, test } from "vitest"
import type { Offer } from "../../../src/core/catalogue/offer.ts"
import { decide } from "../../../src/core/decision/decide.ts"
import type { ScoredCandidate } from "../../../src/core/decision/score.ts"
import { defaultPolicy, type Policy, policyDraftSchema } from "../../../src/core/policy/policy.ts"
import { noonMs, offer, onTheHomePage, probabilityOf, shopOf, shopWith } from "../../support/situations.ts"

const policyOf = (draft: object): Policy => ({ version: "test", placement: "home", ...policyDraftSchema.parse(draft) })
const faultsOf = (draft: object) =>
  policyDraftSchema.safeParse(draft).error?.issues.map(({ path }) => `/${path.map(String).join("/")}`) ?? []
const answerTo = (policy: Policy, ...offers: readonly Offer[]) => decide(onTheHomePage, shopWith(...offers), policy)
const dropOf = (answer: ReturnType<typeof decide>, offerId: string) =>
  answer.trace.dropped.find((drop) => drop.offerId === offerId)
const tomorrow = new Date(noonMs + 86_400_000).toISOString()
const yesterday = new Date(noonMs - 86_400_000).toISOString()

test("a policy that names nothing is the built-in one", () => {
  expect(policyOf({})).toEqual({ ...defaultPolicy, version: "test", placement: "home" })
})

test("a policy that cannot work is refused where it cannot", () => {
  expect(faultsOf({ rewardBounds: { low: 2, high: 1 } })).toContain("/rewardBounds/low")
  expect(faultsOf({ rewardBounds: { low: 1, high: 2 } })).toContain("/rewardBounds")
  expect(faultsOf({ suitability: [{ id: "a", rule: "customer.age > 1" }] })).toEqual(["/suitability/0/rule"])
  const rule = "customer.orders > 1"
  const twice = [
    { id: "a", rule },
    { id: "a", rule },
  ]
  expect(faultsOf({ eligibility: twice })).toEqual(["/eligibility/1/id"])
  const quiet = { from: "08:00", to: "08:00", channels: ["sms"] }
  expect(faultsOf({ contact: { quietHours: quiet } })).toEqual(["/contact/quietHours/to"])
  expect(faultsOf({ contact: { quietHours: { ...quiet, to: "09:00", timeZone: "Rome" } } })).toEqual([
    "/contact/quietHours/timeZone",
  ])
  expect(faultsOf({ contact: { caps: [{ id: "c", limit: 1, windowHours: 721 }] } })).toEqual([
    "/contact/caps/0/windowHours",
  ])
  expect(faultsOf({ levers: [{ id: "l", owner: "ann", expiresAt: tomorrow, factor: 3 }] })).toEqual([
    "/levers/0/factor",
  ])
  expect(faultsOf({ colour: "red" })).toEqual(["/"])
})

describe("a condition", () => {
  const promo = offer({ id: "promo" })

  test("removes what it concerns and is not known to hold for, at its stage", () => {
    const rule = "customer.traits.age >= 18.0"
    for (const stage of ["eligibility", "applicability", "suitability"] as const) {
      const policy = policyOf({ [stage]: [{ id: "adults", rule }] })
      expect(dropOf(answerTo(policy, promo), "promo")).toMatchObject({ stage, rule: "adults" })
      const adult = { ...onTheHomePage, traits: { age: 30 } }
      expect(probabilityOf(decide(adult, shopWith(promo), policy), "promo")).toBeGreaterThan(0)
    }
  })

  test("concerns only its kinds, offers and channels", () => {
    const rule = "false"
    for (const scope of [{ kinds: ["retention"] }, { offers: ["other"] }, { channels: ["email"] }]) {
      const policy = policyOf({ suitability: [{ id: "none", rule, ...scope }] })
      expect(probabilityOf(answerTo(policy, promo), "promo")).toBeGreaterThan(0)
    }
  })

  test("of the offer itself is one of eligibility", () => {
    const choosy = offer({ id: "choosy", eligibility: "customer.orders > 10" })
    expect(dropOf(answerTo(defaultPolicy, choosy), "choosy")).toMatchObject({ stage: "eligibility", rule: "offer" })
  })
})

describe("the score", () => {
  const termsOf = (policy: Policy) => answerTo(policy, offer({ id: "a", value: 20, cost: 0.5 })).trace.options[1]!
  const lever = { id: "l", owner: "ann", expiresAt: tomorrow, factor: 2 }

  test("is what acceptance brings, times context and levers, each kept in [0.5, 2]", () => {
    const context = [
      { id: "web", rule: 'context.channel == "web"', factor: 1.5 },
      { id: "moon", rule: "context.attributes.moon", factor: 2 },
    ]
    const {
      score,
      context: applied,
      lever: levers,
    } = termsOf(policyOf({ context, levers: [lever, { ...lever, id: "m" }] }))
    expect([applied, levers]).toEqual([1.5, 2])
    expect(score).toBeCloseTo((20 / 20 - 0.5) * 1.5 * 2)
  })

  test("a lever ends when it says", () => {
    expect(termsOf(policyOf({ levers: [{ ...lever, expiresAt: yesterday }] })).lever).toBe(1)
  })

  test("each recent contact on the channel takes its price", () => {
    const policy = policyOf({ fatigue: { perContact: { web: 0.1 }, windowHours: 24 } })
    const contact = {
      offerId: "x",
      channel: "web" as const,
      reservedAt: noonMs - 1,
      expiresAt: noonMs + 1,
      activatedAt: null,
    }
    const reservations = [
      { ...contact, decisionId: "1" },
      { ...contact, decisionId: "2" },
      { ...contact, decisionId: "3", reservedAt: noonMs - 25 * 3_600_000 },
    ]
    const { trace } = decide({ ...onTheHomePage, reservations }, shopWith(offer({ id: "a" })), policy)
    expect(trace.options[1]).toMatchObject({ fatigue: 0.2, score: 20 / 20 - 0.2 })
  })
})

test("a new offer is chosen no more often than its age allows, and the rest goes to the best that is not new", () => {
  const policy = policyOf({ rampUp: { days: 10, startShare: 0.1 } })
  const fresh = offer({ id: "fresh", value: 80, validFrom: yesterday })
  const answer = answerTo(policy, fresh, offer({ id: "old", value: 40 }), offer({ id: "older", value: 30 }))
  expect(probabilityOf(answer, "fresh")).toBeCloseTo(0.1 + 0.9 / 10)
  expect(probabilityOf(answer, "old")).toBeGreaterThan(0.7)
  expect(answer.trace.options.reduce((sum, { probability }) => sum + probability, 0)).toBeCloseTo(1)
})

test("with new offers and themes too, raising an offer's value never lowers its probability, and the floor holds", () => {
  const policy = policyOf({ rampUp: { days: 10, startShare: 0.05 }, diversity: { perTheme: 2, perItem: 1 } })
  const drafts = fc.array(
    fc.record({
      value: fc.double({ min: 0, max: 100, noNaN: true }),
      theme: fc.option(fc.constantFrom("sun", "hair"), { nil: undefined }),
      validFrom: fc.option(fc.constantFrom(yesterday, new Date(noonMs - 5 * 86_400_000).toISOString()), {
        nil: undefined,
      }),
    }),
    { minLength: 1, maxLength: 12 },
  )
  fc.assert(
    fc.property(drafts, fc.nat(), fc.double({ min: 0, max: 100, noNaN: true }), (given, pick, raise) => {
      const offers = given.map((draft, n) => offer({ id: `o${n}`, ...JSON.parse(JSON.stringify(draft)) }))
      const index = pick % offers.length
      const raised = offers.map((one, n) => (n === index ? { ...one, value: one.value + raise } : one))
      const before = answerTo(policy, ...offers)
      const after = answerTo(policy, ...raised)
      expect(probabilityOf(after, `o${index}`)).toBeGreaterThanOrEqual(probabilityOf(before, `o${index}`) - 1e-12)
      const { options, epsilon } = after.trace
      expect(options.reduce((sum, { probability }) => sum + probability, 0)).toBeCloseTo(1, 12)
      for (const { probability } of options)
        expect(probability).toBeGreaterThanOrEqual(epsilon! / options.length - 1e-15)
    }),
  )
})

test("diversity leaves the best of a theme in the draw", () => {
  const offers = [1, 2, 3].map((n) => offer({ id: `o${n}`, theme: "sun", value: 10 * n }))
  const answer = answerTo(policyOf({ diversity: { perTheme: 2 } }), ...offers)
  expect(answer.trace.options.map(({ offerId }) => offerId)).toEqual([null, "o3", "o2"])
  expect(dropOf(answer, "o1")).toMatchObject({ stage: "diversity", rule: "perTheme" })
})

test("an offer that cannot be shown is dropped before the draw, and the next best takes its place", () => {
  const offers = Array.from({ length: 25 }, (_, n) => offer({ id: `o${n}`, value: n }))
  const shown = { content: { headline: "Hello" }, contentType: "text" as const }
  const drop = { stage: "channel", rule: "treatment", reason: "a field is missing" } as const
  const renderCandidate = ({ offer: { id } }: ScoredCandidate) => (id === "o24" ? { drop } : { shown })
  const { chosen, trace } = decide(onTheHomePage, { ...shopWith(...offers), renderCandidate }, defaultPolicy)
  expect(chosen?.shown).toEqual(shown)
  expect(trace.options.map(({ offerId }) => offerId)).toEqual([
    null,
    ...Array.from({ length: 20 }, (_, n) => `o${23 - n}`),
  ])
})

describe("what is limited", () => {
  const scarce = offer({ id: "scarce", volume: { made: 3 }, cost: 2 })

  test("is not offered once it is known to be gone", () => {
    const shop = { ...shopWith(scarce), capacityUsage: new Map([["offer:scarce:made", 3]]) }
    expect(dropOf(decide(onTheHomePage, shop, defaultPolicy), "scarce")).toMatchObject({ stage: "budget" })
  })

  test("is a placement's budget too, in its currency", () => {
    const euro = policyOf({ budget: { amount: 10, currency: "EUR" } })
    const spent = { ...shopWith(scarce), capacityUsage: new Map([["budget:home:ever", 9]]) }
    expect(dropOf(decide(onTheHomePage, spent, euro), "scarce")).toMatchObject({ rule: "budget:home:ever" })
    const dollar = policyOf({ budget: { amount: 10, currency: "USD" } })
    expect(dropOf(answerTo(dollar, scarce), "scarce")).toMatchObject({ stage: "budget", rule: "currency" })
  })
})

describe("an offer bound to the customer's best items", () => {
  const items = ["a", "b", "c"].map((id) => ({ id, title: id }))
  const slots = items.map(({ id }, n) => ({ itemId: id, score: 1 - n / 10, reasons: [] }))
  const shopFor = (bind: "together" | "each") => ({
    ...shopOf([offer({ id: "best", items: { limit: 3, bind } })], items),
    selectItems: () => slots,
  })

  test("is one candidate with all of them, or one each", () => {
    const together = decide(onTheHomePage, shopFor("together"), defaultPolicy).trace.options
    expect(together).toHaveLength(2)
    expect(together[1]).toMatchObject({ offerId: "best", itemId: "a", itemIds: ["a", "b", "c"] })
    const each = decide(onTheHomePage, shopFor("each"), defaultPolicy).trace.options
    expect(each.slice(1).map(({ itemId }) => itemId)).toEqual(["a", "b", "c"])
  })

  test("is dropped where nothing may be shown", () => {
    const answer = decide(onTheHomePage, { ...shopFor("each"), selectItems: () => [] }, defaultPolicy)
    expect(dropOf(answer, "best")).toMatchObject({ stage: "available", rule: "noItems" })
  })
})

test("matters do not silence selling for ever, and a notice answers its own", () => {
  const day = 86_400_000
  const complaints = { c: { openedAt: noonMs - 31 * day, closedAt: null } }
  const question = { ...onTheHomePage, history: { ...onTheHomePage.history, complaints } }
  const shop = shopWith(offer({ id: "sale" }), offer({ id: "late", kind: "notice", caseType: "delay" }))
  expect(probabilityOf(decide(question, shop, defaultPolicy), "sale")).toBeGreaterThan(0)
  const longer = policyOf({ service: { maxCaseAgeDays: 60 } })
  const answer = decide(question, shop, longer)
  expect(dropOf(answer, "sale")).toMatchObject({ stage: "service" })
  expect(dropOf(answer, "late")).toMatchObject({ stage: "applicability", rule: "openCase" })
})

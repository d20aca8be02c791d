import fc from "fast-check"
import { expect, test } from "vitest"
import type { Consents } from "../../../src/core/customer/consent.ts"
import { decide } from "../../../src/core/decision/decide.ts"
import { basisOf, gaveChannel, messagePurposes } from "../../../src/core/decision/legal-basis.ts"
import { emptyHistory } from "../../../src/core/history/history.ts"
import { type Policy, policyDraftSchema } from "../../../src/core/policy/policy.ts"
import { channels, consentPurposes } from "../../../src/core/schema/channel.ts"
import { noonMs, offer, onTheHomePage, shopWith } from "../../support/situations.ts"

const moment = fc.integer({ min: 1, max: 400 }).map((days) => new Date(noonMs - days * 86_400_000).toISOString())
const consent = fc.record({
  granted: fc.boolean(),
  at: moment,
  source: fc.constant("test"),
  channels: fc.option(fc.uniqueArray(fc.constantFrom(...channels), { minLength: 1 }), { nil: undefined }),
  withdrawn: fc.option(
    fc.dictionary(fc.constantFrom(...channels), fc.record({ at: moment, source: fc.constant("test") })),
    { nil: undefined },
  ),
})
const consents = fc.dictionary(fc.constantFrom(...consentPurposes), consent) as fc.Arbitrary<Consents>
const worth = fc.double({ min: 0, max: 1e6, noNaN: true })
const reach = fc.record({
  channel: fc.constantFrom(...channels),
  consents,
  reachableBy: fc.uniqueArray(fc.constantFrom("email" as const, "phone" as const)),
})
const policy: Policy = {
  version: "law",
  placement: "home",
  ...policyDraftSchema.parse({ contact: { quietHours: null }, budget: { amount: 0.01, currency: "EUR" } }),
}
const history = { ...emptyHistory, delays: { "o-1": { openedAt: noonMs - 1000, closedAt: null } } }

test("a notice goes out wherever the customer gave the channel, whatever they consented to and whatever else is worth", () => {
  fc.assert(
    fc.property(reach, worth, worth, worth, (given, ofNotice, ofRecovery, ofGift) => {
      const shop = shopWith(
        offer({ id: "late", kind: "notice", value: 0, cost: ofNotice, caseType: "delay" }),
        offer({ id: "sorry", kind: "recovery", value: ofRecovery }),
        offer({ id: "gift", kind: "extra", value: ofGift }),
      )
      const answer = decide({ ...onTheHomePage, ...given, history }, shop, policy)
      if (gaveChannel(given)) expect(answer).toMatchObject({ kind: "notice", selectionProbability: 1 })
      else expect(answer.kind).not.toBe("notice")
    }),
  )
})

test("every purpose of a message has a legal basis, and only what the customer may refuse rests on consent", () => {
  const restingOnConsent = messagePurposes.filter((purpose) => basisOf[purpose] === "consent")
  expect(restingOnConsent.sort()).toEqual([...consentPurposes].sort())
})

import fc from "fast-check"
import { describe, expect, test } from "vitest"
import { type Consent, effectiveConsent, hasConsent, heldOf, isRefused } from "../../../src/core/customer/consent.ts"
import { mergeConsents } from "../../../src/core/customer/merge-consents.ts"
import { type Channel, channels } from "../../../src/core/schema/channel.ts"

const iso = (minute: number) => new Date(Date.UTC(2026, 0, 1, 0, minute)).toISOString()

const statement: fc.Arbitrary<Consent> = fc.record(
  {
    granted: fc.boolean(),
    at: fc.integer({ min: 0, max: 8 }).map(iso),
    source: fc.constantFrom("form", "file", "unsubscribed"),
    channels: fc.subarray([...channels], { minLength: 1, maxLength: 3 }),
    priceCeiling: fc.record({ amount: fc.integer({ min: 1, max: 3 }), currency: fc.constantFrom("EUR", "USD") }),
    categories: fc.subarray(["skin", "hair"]),
  },
  { requiredKeys: ["granted", "at", "source"] },
)

const heldAfter = (statements: readonly Consent[]) =>
  statements.reduce((held, said) => mergeConsents(held, { marketing: heldOf(said) }), mergeConsents({}, {}))

/** Straight from the words: a channel is allowed where the latest grant covers it and no refusal of it is as late. */
function allows(statements: readonly Consent[], channel: Channel): boolean {
  const grants = statements.filter(({ granted }) => granted)
  const last = grants
    .map(({ at }) => at)
    .toSorted()
    .at(-1)
  const covers = ({ channels: listed }: Consent) =>
    listed === undefined || listed.length === 0 || listed.includes(channel)
  if (statements.some((said) => !said.granted && covers(said) && last !== undefined && said.at >= last)) return false
  const narrowest = grants
    .filter(({ at }) => at === last)
    .toSorted((a, b) => (a.channels?.length ?? 99) - (b.channels?.length ?? 99))
  return narrowest[0] !== undefined && (narrowest[0].channels?.includes(channel) ?? true)
}

describe("what a customer agreed to", () => {
  test("is the same in whatever order the words come, and however often", () => {
    fc.assert(
      fc.property(fc.array(statement, { maxLength: 8 }), fc.infiniteStream(fc.nat()), (statements, order) => {
        const shuffled = [...statements, ...statements.slice(0, 2)]
          .map((said) => ({ said, key: order.next().value }))
          .toSorted((a, b) => a.key - b.key)
          .map(({ said }) => said)
        expect(heldAfter(shuffled)).toEqual(heldAfter(statements))
      }),
    )
  })

  test("of two people who turn out to be one is what all their words would have made", () => {
    fc.assert(
      fc.property(fc.array(statement, { maxLength: 5 }), fc.array(statement, { maxLength: 5 }), (ours, theirs) => {
        expect(mergeConsents(heldAfter(ours), heldAfter(theirs))).toEqual(heldAfter([...ours, ...theirs]))
        expect(mergeConsents(heldAfter(theirs), heldAfter(ours))).toEqual(heldAfter([...ours, ...theirs]))
      }),
    )
  })

  test("allows a channel where the latest grant covers it and no refusal of it is as late", () => {
    const distinctTimes = fc.uniqueArray(statement, { maxLength: 8, selector: ({ at }) => at })
    fc.assert(
      fc.property(distinctTimes, (statements) => {
        const held = heldAfter(statements)
        for (const channel of channels)
          expect(hasConsent(held, "marketing", channel), channel).toBe(allows(statements, channel))
      }),
    )
  })

  test("never allows a channel whose withdrawal is the last word on it", () => {
    fc.assert(
      fc.property(fc.array(statement, { maxLength: 8 }), fc.constantFrom(...channels), (statements, channel) => {
        const last: Consent = { granted: false, at: iso(8), source: "unsubscribed", channels: [channel] }
        for (const words of [
          [...statements, last],
          [last, ...statements],
        ]) {
          const held = heldAfter(words)
          expect(hasConsent(held, "marketing", channel)).toBe(false)
          expect(isRefused(held, "marketing", channel)).toBe(true)
        }
      }),
    )
  })

  test("is shown as granted on the channels that are left", () => {
    fc.assert(
      fc.property(fc.array(statement, { minLength: 1, maxLength: 8 }), (statements) => {
        const held = heldAfter(statements)
        const shown = effectiveConsent(held.marketing!)
        const left = channels.filter((channel) => hasConsent(held, "marketing", channel))
        expect(shown.granted).toBe(left.length > 0)
        if (shown.granted) expect([...(shown.channels ?? channels)].sort()).toEqual([...left].sort())
      }),
    )
  })
})

test("two withdrawals of different channels both hold, whichever is older, and a later grant gives both back", () => {
  const grant: Consent = { granted: true, at: iso(1), source: "form" }
  const off = (channel: Channel, minute: number): Consent => ({
    granted: false,
    at: iso(minute),
    source: "unsubscribed",
    channels: [channel],
  })
  const held = heldAfter([grant, off("email", 3), off("sms", 2)])
  expect(channels.filter((channel) => !hasConsent(held, "marketing", channel))).toEqual(["email", "sms"])
  const again = mergeConsents(held, { marketing: { ...grant, at: iso(4) } })
  expect(channels.every((channel) => hasConsent(again, "marketing", channel))).toBe(true)
})

test("a grant that is older than a withdrawal does not hold, though it comes later", () => {
  const off: Consent = { granted: false, at: iso(3), source: "unsubscribed", channels: ["email"] }
  const held = heldAfter([off, { granted: true, at: iso(2), source: "file" }])
  expect(hasConsent(held, "marketing", "email")).toBe(false)
  expect(hasConsent(held, "marketing", "sms")).toBe(true)
})

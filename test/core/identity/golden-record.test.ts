import { expect, test } from "vitest"
import { mergeConsent, mergeConsents } from "../../../src/core/customer/merge-consents.ts"
import { mergeTraits, saidAt } from "../../../src/core/customer/traits.ts"

const consent = (granted: boolean, day: number) => ({ granted, at: `2024-01-0${day}T00:00:00Z`, source: "test" })

test("the later word on a consent holds, and of two at once the refusal, whichever comes first", () => {
  const [yes, no, laterYes] = [consent(true, 1), consent(false, 1), consent(true, 2)]
  expect([mergeConsent(yes, no), mergeConsent(no, yes)]).toEqual([no, no])
  expect([mergeConsent(no, laterYes), mergeConsent(laterYes, no)]).toEqual([laterYes, laterYes])
  expect(mergeConsents({ marketing: yes }, { marketing: no, service: yes })).toEqual({ marketing: no, service: yes })
})

test("times with different offsets are compared as moments", () => {
  const earlier = { granted: true, at: "2024-01-02T00:30:00+02:00", source: "test" }
  expect(mergeConsent(earlier, consent(false, 2))!.granted).toBe(false)
})

test("a new trait replaces the old one, null removes it, and what is too much is left out", () => {
  const old = saidAt({ plan: "free", city: "Bari" }, 1000)
  expect(mergeTraits(old, saidAt({ plan: "gold", city: null }, 2000)).traits).toEqual({ plan: "gold" })
  const many = Object.fromEntries(Array.from({ length: 120 }, (_, i) => [`trait${i}`, i]))
  expect(Object.keys(mergeTraits(old, saidAt(many, 2000)).traits)).toHaveLength(100)
  const long = saidAt({ essay: "x".repeat(2001), name: "x".repeat(100) }, 1000)
  expect(mergeTraits(saidAt({}, 0), long).traits).toEqual({ name: "x".repeat(100) })
  const lists = (length: number) => ({ deep: { list: Array.from({ length }, () => 1) } })
  const kept = [100, 101].map((length) => mergeTraits(saidAt({}, 0), saidAt(lists(length), 1)).traits)
  expect(kept).toEqual([lists(100), {}])
})

test("an older trait does not replace a newer one, nor bring back what was removed since", () => {
  const newer = saidAt({ city: "Bari", plan: null }, 2000)
  expect(mergeTraits(newer, saidAt({ city: "Rome", plan: "gold", tier: 1 }, 1000)).traits).toEqual({
    city: "Bari",
    tier: 1,
  })
})

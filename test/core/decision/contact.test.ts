import { describe, expect, test } from "vitest"
import {
  type ContactAttempt,
  type ContactPolicy,
  createContactPolicyCheck,
  type Reservation,
  retainedReservations,
} from "../../../src/core/decision/contact.ts"
import { contactRetentionMs } from "../../../src/core/policy/contact-limits.ts"
import { defaultPolicy } from "../../../src/core/policy/policy.ts"

const hour = 3_600_000
const day = 24 * hour
const noon = Date.UTC(2025, 5, 1, 12)
const silent: ContactPolicy = { ...defaultPolicy.contact, caps: [], pauses: [], theme: null, quietHours: null }
const approach: ContactAttempt = { offerId: "a", kind: "promotion", channel: "email" }

let made = 0
const used = (hoursAgo: number, given: Partial<Reservation> = {}): Reservation => ({
  decisionId: `decision-${made++}`,
  offerId: "a",
  kind: "promotion",
  channel: "email",
  reservedAt: noon - hoursAgo * hour,
  expiresAt: noon - hoursAgo * hour + day,
  activatedAt: noon - hoursAgo * hour,
  ...given,
})
const held = (hoursAgo: number, given: Partial<Reservation> = {}) => used(hoursAgo, { activatedAt: null, ...given })

const ruleOf = (
  reservations: readonly Reservation[],
  policy: Partial<ContactPolicy>,
  asked: Partial<ContactAttempt> = {},
  { nowMs = noon, timeZone = "UTC", isService = false } = {},
) => {
  const one = { ...approach, ...asked }
  return createContactPolicyCheck(reservations, { ...silent, ...policy }, one.channel, { nowMs, timeZone })(
    one,
    isService,
  )?.rule
}

describe("a cap", () => {
  const caps = [{ id: "two", channels: ["email" as const], per: "customer" as const, limit: 2, windowHours: 24 }]

  test("counts what is used and what is held, on its channels and in its window", () => {
    expect(ruleOf([used(1)], { caps })).toBeUndefined()
    expect(ruleOf([used(1), held(2)], { caps })).toBe("two")
    expect(ruleOf([used(1), used(25)], { caps })).toBeUndefined()
    expect(ruleOf([used(1), used(2, { channel: "sms" })], { caps })).toBeUndefined()
    expect(ruleOf([used(1), used(2)], { caps }, { channel: "sms" })).toBeUndefined()
  })

  test("leaves out what expired unused", () => {
    expect(ruleOf([used(1), held(25)], { caps: [{ ...caps[0]!, windowHours: 48 }] })).toBeUndefined()
  })

  test("counts the slots of one mailing as one contact, and lets the mailing go on", () => {
    const mailing = [used(1, { contactGroup: "june" }), used(1, { contactGroup: "june" })]
    expect(ruleOf(mailing, { caps })).toBeUndefined()
    expect(ruleOf([...mailing, used(2)], { caps }, { contactGroup: "july" })).toBe("two")
    expect(ruleOf([...mailing, used(2)], { caps }, { contactGroup: "june" })).toBeUndefined()
  })

  test("may count each offer by itself", () => {
    const each = [{ ...caps[0]!, per: "offer" as const, limit: 1 }]
    expect(ruleOf([used(1, { offerId: "b" })], { caps: each })).toBeUndefined()
    expect(ruleOf([used(1)], { caps: each })).toBe("two")
  })
})

describe("a pause", () => {
  const pauses = [{ id: "ignored", per: "offer" as const, ignoredCount: 3, pauseHours: 48 }]

  test("follows offers that were used and not answered, in a row, until it is over", () => {
    expect(ruleOf([used(30), used(20)], { pauses })).toBeUndefined()
    expect(ruleOf([used(30), used(20), used(10)], { pauses })).toBe("ignored")
    expect(ruleOf([used(30), used(20), held(10)], { pauses })).toBeUndefined()
    expect(ruleOf([used(70), used(60), used(48)], { pauses })).toBeUndefined()
  })

  test("begins anew after an answer", () => {
    const answered = [used(30), used(20, { response: "accepted" }), used(10), used(5)]
    expect(ruleOf(answered, { pauses })).toBeUndefined()
    expect(ruleOf([...answered, used(1)], { pauses })).toBe("ignored")
  })
})

test("a dismissed offer rests, another of its kind does not", () => {
  const dismissed = [used(2, { response: "dismissed", respondedAt: noon - hour })]
  expect(ruleOf(dismissed, { dismissalCooldownHours: 24 })).toBe("dismissed")
  expect(ruleOf(dismissed, { dismissalCooldownHours: 24 }, { offerId: "b" })).toBeUndefined()
  expect(ruleOf(dismissed, { dismissalCooldownHours: 0.5 })).toBeUndefined()
})

test("a customer hears of one theme at a time, on whatever channel", () => {
  const theme = { windowHours: 24 }
  const told = [used(3, { theme: "sun", channel: "web" })]
  expect(ruleOf(told, { theme }, { theme: "hair" })).toBe("theme")
  expect(ruleOf(told, { theme }, { theme: "sun" })).toBeUndefined()
  expect(ruleOf(told, { theme })).toBeUndefined()
  expect(ruleOf([used(25, { theme: "sun" })], { theme }, { theme: "hair" })).toBeUndefined()
})

test("quiet hours are those where the customer is, over midnight too, and hold for service messages", () => {
  const quietHours = { from: "21:00", to: "08:00", channels: ["sms" as const], timeZone: "UTC" }
  const at = (hours: number, timeZone: string) => ({ nowMs: Date.UTC(2025, 5, 1, hours), timeZone })
  const sms = { channel: "sms" as const }
  expect(ruleOf([], { quietHours }, sms, at(20, "UTC"))).toBeUndefined()
  expect(ruleOf([], { quietHours }, sms, at(20, "Europe/Rome"))).toBe("quietHours")
  expect(ruleOf([], { quietHours }, sms, at(7, "UTC"))).toBe("quietHours")
  expect(ruleOf([], { quietHours }, sms, at(8, "UTC"))).toBeUndefined()
  expect(ruleOf([], { quietHours }, {}, at(7, "UTC"))).toBeUndefined()
  expect(ruleOf([], { quietHours }, sms, { ...at(7, "UTC"), isService: true } as never)).toBe("quietHours")
})

test("a service message knows no cap, but is not said again at once or for ever", () => {
  const caps = [{ id: "none", per: "customer" as const, limit: 1, windowHours: 24 }]
  const policy = { caps, serviceRepeat: { limit: 3, minIntervalHours: 72 } }
  const service = { isService: true }
  const told = (...hoursAgo: number[]) => hoursAgo.map((hours) => used(hours, { offerId: "late", kind: "notice" }))
  const late = { offerId: "late", kind: "notice" as const }
  expect(ruleOf([used(1)], policy, late, service)).toBeUndefined()
  expect(ruleOf(told(71), policy, late, service)).toBe("serviceRepeat")
  expect(ruleOf(told(73), policy, late, service)).toBeUndefined()
  expect(ruleOf(told(300, 200, 100), policy, late, service)).toBe("serviceLimit")
})

test("what expired or is long past is forgotten, and of one offer on one channel the oldest beyond fifty", () => {
  const many = Array.from({ length: 60 }, (_, n) => used(60 - n, { decisionId: `many-${n}` }))
  const other = used(1, { offerId: "b" })
  const old = used((contactRetentionMs + 1) / hour, { offerId: "c" })
  const kept = retainedReservations([...many, other, old, held(25)], noon)
  expect(kept.map(({ decisionId }) => decisionId)).toEqual([
    ...many.slice(10).map(({ decisionId }) => decisionId),
    other.decisionId,
  ])
})

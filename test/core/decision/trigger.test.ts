import { expect, test } from "vitest"
import { emptyCatalogue } from "../../../src/core/catalogue/catalogue.ts"
import { confirmTriggerEvent, eventRuleOf, firingWindowOf, lastDueAt } from "../../../src/core/decision/trigger.ts"
import { emptyHistory } from "../../../src/core/history/history.ts"
import { type Trigger, triggerSchema } from "../../../src/core/policy/trigger-schema.ts"

const hour = 3_600_000
const trigger = (when: unknown, more: object = {}): Trigger =>
  triggerSchema.parse({ id: "t", when, channel: "email", ...more })
const event = (properties = {}) => ({ customerId: "c", at: 0, properties })

test("a schedule was last due today once its hour has come, else the day before", () => {
  const daily = trigger({ schedule: { at: "08:00", timeZone: "Europe/Rome" } })
  const noon = Date.UTC(2026, 0, 15, 12)
  expect(lastDueAt(daily, noon)).toBe(Date.UTC(2026, 0, 15, 7))
  expect(lastDueAt(daily, Date.UTC(2026, 0, 15, 6, 59, 59))).toBe(Date.UTC(2026, 0, 14, 7))
  expect(lastDueAt(daily, Date.UTC(2026, 0, 15, 7, 0, 30))).toBe(Date.UTC(2026, 0, 15, 7))
})

test("a weekly schedule goes back to its day", () => {
  const mondays = trigger({ schedule: { at: "08:00", weekdays: [1] } })
  // 15 January 2026 is a Thursday; the Monday before is the 12th.
  expect(lastDueAt(mondays, Date.UTC(2026, 0, 15, 12))).toBe(Date.UTC(2026, 0, 12, 8))
})

test("a rule waits for the name that events are stored under, however it is spelt", () => {
  const rule = trigger({ event: "order_shipped", unless: ["Delivered Order", "Newsletter Read"] })
  expect(eventRuleOf(rule)).toMatchObject({ event: "Order Shipped", unless: ["Order Delivered", "Newsletter Read"] })
})

test("a trigger fires once in its window, a schedule once a moment", () => {
  const once = trigger({ event: "Delivery Delayed" }, { cooldownHours: 24 })
  const now = Date.UTC(2026, 0, 15, 12)
  expect(firingWindowOf(once, event(), now)).toEqual({
    firingWindow: "2026-01-15T00:00:00.000Z",
    notSinceMs: now - 24 * hour,
  })
  const daily = trigger({ schedule: { at: "08:00" } })
  const at = Date.UTC(2026, 0, 15, 8)
  expect(firingWindowOf(daily, { ...event(), at }, now)).toEqual({
    firingWindow: "2026-01-15T08:00:00.000Z",
    notSinceMs: at,
  })
})

test("a complaint that was closed makes nothing fire, and another that is open does", () => {
  const unanswered = trigger({ caseOpenForHours: 24 })
  const complaints = { a: { openedAt: 1, closedAt: 2 }, b: { openedAt: 1, closedAt: null } }
  const known = {
    history: { ...emptyHistory, complaints },
    rebuy: null,
    cart: null,
    catalogue: emptyCatalogue,
    nowMs: 3,
  }
  expect(confirmTriggerEvent(unanswered, event({ complaintId: "a" }), known)).toBeNull()
  expect(confirmTriggerEvent(unanswered, event({ complaintId: "b" }), known)).not.toBeNull()
})

test("without a release that knows needs, none is about to return", () => {
  const known = { history: emptyHistory, rebuy: null, cart: null, catalogue: emptyCatalogue, nowMs: 0 }
  expect(confirmTriggerEvent(trigger({ minRepurchaseProbability: 0.3 }), event(), known)).toBeNull()
})

test("a rule that is not one of the known ones is refused", () => {
  expect(triggerSchema.safeParse({ id: "t", when: { moon: "full" }, channel: "email" }).success).toBe(false)
})

test("a cart that holds nothing any more makes nothing fire, and one that does fires", () => {
  const left = trigger({ cartAbandonedAfterHours: 4 })
  const known = { history: emptyHistory, rebuy: null, catalogue: emptyCatalogue, nowMs: 0 }
  expect(confirmTriggerEvent(left, event(), { ...known, cart: { lines: [] } })).toBeNull()
  const cart = { lines: [{ itemId: "a", quantity: 1 }] }
  expect(confirmTriggerEvent(left, event(), { ...known, cart })).not.toBeNull()
})

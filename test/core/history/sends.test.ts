import fc from "fast-check"
import { expect, test } from "vitest"
import { validationError } from "../../../src/core/history/check-event.ts"
import { fold } from "../../../src/core/history/fold.ts"
import { emptyHistory } from "../../../src/core/history/history.ts"
import { sendEventNames } from "../../../src/core/history/send-events.ts"
import { anEvent } from "../../support/events.ts"
import { bought, eventOf, historyOf } from "../../support/release.ts"

const sent = (days: number, itemId: string) => eventOf(sendEventNames.dispatched, days, itemId)
const kept = (days: number, itemId: string) => eventOf(sendEventNames.kept, days, itemId)
const returned = (days: number, itemId: string) => eventOf(sendEventNames.returned, days, itemId)

test("a history counts what was sent, kept and returned, item by item", () => {
  const history = historyOf(sent(1, "a"), kept(3, "a"), sent(4, "a"), returned(9, "a"), sent(5, "b"))
  expect(history.sends).toEqual({
    a: { dispatched: 2, kept: 1, returned: 1, lastAt: returned(9, "a").at },
    b: { dispatched: 1, kept: 0, returned: 0, lastAt: sent(5, "b").at },
  })
})

test("what the shop does unasked is no act of the customer's: nothing but the sends changes", () => {
  const { sends, ...rest } = historyOf(bought(1, "a"), sent(20, "b"), kept(40, "b"))
  expect(sends).toBeDefined()
  expect(rest).toEqual(historyOf(bought(1, "a")))
})

test("the order and the grouping of sends' events make no difference", () => {
  const events = [sent(1, "a"), kept(3, "a"), bought(4, "a"), sent(5, "b"), returned(6, "b"), sent(7, "a")]
  const at = fc.integer({ min: 0, max: events.length })
  fc.assert(
    fc.property(fc.shuffledSubarray(events, { minLength: events.length }), at, (shuffled, cut) => {
      const inTwo = fold(fold(emptyHistory, shuffled.slice(0, cut)), shuffled.slice(cut))
      expect(inTwo).toEqual(historyOf(...events))
    }),
  )
})

test("nobody outside says what becomes of a send by an event", () => {
  for (const name of Object.values(sendEventNames)) expect(validationError(anEvent({ name }))).toMatch(/\/v1\/sends/)
  expect(validationError(anEvent({ name: "Send Money" }))).toBeUndefined()
})

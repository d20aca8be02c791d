import { expect, test } from "vitest"
import { validationError } from "../../../src/core/history/check-event.ts"
import type { IncomingEvent } from "../../../src/core/history/event.ts"
import { anEvent } from "../../support/events.ts"

test("a sound event has no fault, and text that only looks like an escape is sound", () => {
  expect(validationError(anEvent())).toBeUndefined()
  expect(
    validationError(anEvent({ properties: { path: "C:\\u0000", emoji: "😀", backslashes: "\\\\ud800" } })),
  ).toBeUndefined()
})

const faulty: [string, Partial<IncomingEvent>][] = [
  ["no message id", { messageId: "" }],
  ["a time that is none", { at: Number.NaN }],
  ["a time before 1970", { at: -1 }],
  ["no name", { name: "" }],
  ["nobody", { identifiers: [] }],
  ["a blank identifier", { identifiers: [{ type: "userId", value: "  " }] }],
  ["an identifier that is too long", { identifiers: [{ type: "email", value: "x".repeat(256) }] }],
  ["a negative quantity", { lines: [{ itemId: "a", quantity: -1 }] }],
  ["a price that is no number", { lines: [{ itemId: "a", quantity: 1, price: Number.NaN }] }],
  ["a product without an id", { lines: [{ itemId: "", quantity: 1 }] }],
  ["a NUL in a property", { properties: { deep: { text: "a\u0000b" } } }],
  ["a NUL in a product id", { lines: [{ itemId: "a\u0000", quantity: 1 }] }],
  ["half a surrogate pair", { properties: { text: "\ud800" } }],
  ["the other half, in an alias", { previousId: "\udfff" }],
]
test.each(faulty)("%s is a fault", (_, given) => {
  expect(validationError(anEvent(given))).toMatch(/\w{2,}/)
})

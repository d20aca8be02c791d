import fc from "fast-check"
import { expect, test } from "vitest"
import { type Sender, storedMessageId } from "../../../src/core/history/message-id.ts"

test("a browser's message ids have a prefix; a server's stay as they are unless they could be taken for one", () => {
  expect(storedMessageId("m-1", "browser")).toBe("browser:m-1")
  expect(storedMessageId("m-1", "server")).toBe("m-1")
  expect(storedMessageId("browser:m-1", "server")).toBe("server:browser:m-1")
})

test("two messages share a stored id only if they are of one sender and one id", () => {
  const text = fc
    .array(fc.constantFrom("browser:", "server:", "a", ":"), { maxLength: 4 })
    .map((parts) => parts.join(""))
  const message = fc.tuple(text, fc.constantFrom<Sender>("browser", "server"))
  fc.assert(
    fc.property(message, message, (a, b) => {
      const isSame = a[0] === b[0] && a[1] === b[1]
      expect(storedMessageId(...a) === storedMessageId(...b)).toBe(isSame)
    }),
  )
})

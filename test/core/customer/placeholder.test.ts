import fc from "fast-check"
import { expect, test } from "vitest"
import type { IdentifierType } from "../../../src/core/customer/identifier.ts"
import { isPlaceholder } from "../../../src/core/customer/placeholder.ts"

const placeholders: Readonly<Record<IdentifierType, readonly string[]>> = {
  userId: [
    "undefined",
    "NULL",
    "NaN",
    "[object Object]",
    "None",
    "guest",
    "0",
    "000",
    "-1",
    "0.0",
    "(not set)",
    "\\N",
    "not-set",
    "<NA>",
    "NaT",
    "null null",
    "undefined_undefined",
    "[object Undefined]",
    "%!s(<nil>)",
    "un\u200bdefined",
    "\uff4e\uff55\uff4c\uff4c",
    "???",
    "{}",
    "[]",
    "- -",
    "No ID",
    "test@test.com",
  ],
  anonymousId: ["undefined", "00000000-0000-0000-0000-000000000000", "{{ anonymous_id }}", "*|ID|*", "%VISITOR_ID%"],
  email: [
    "n/a",
    "none",
    "test@test.com",
    "noemail@noemail.com",
    "no-reply@shop.example",
    "no.mail@x.it",
    "test12@a.de",
    "no@email.com",
    "mail@mail.com",
    "name@domain.com",
    "x@x.xx",
    "123@123.com",
    "none@none",
    "@",
  ],
  phone: [
    "0",
    "000 000 0000",
    "+1 111 111 1111",
    "123456789",
    "-",
    "n/a",
    "+39 000 0000000",
    "+49 1234567890",
    "0044 7777777777",
  ],
  loyaltyCard: ["0000000", "9999999999", "unknown", "'null'"],
}
const real: Readonly<Record<IdentifierType, readonly string[]>> = {
  userId: [
    "u-17",
    "17850",
    "1",
    "10",
    "nullified",
    "guestavo",
    "o'none",
    "Zoë",
    "ann@example.com",
    "undefined-7",
    "0-0",
    "nan-cy",
    "test-null-1",
  ],
  anonymousId: ["0190b6a4-0000-7000-8000-000000000000", "GA1.2.1234567890.1234567890", "device"],
  email: [
    "ann@example.com",
    "tester@shop.example",
    "notes@shop.example",
    "nadia@x.it",
    "a@b.c",
    "jean.none@x.fr",
    "mail@anna-schmidt.de",
    "nil@home.example",
    "email@gmail.com",
    "k@smith.org",
    "smith@smith.org",
  ],
  phone: ["+39 333 1234567", "0049 30 901820", "112 233", "+1 (415) 555-2671"],
  loyaltyCard: ["0001", "1112", "999", "C-000000"],
}
const cases = (values: typeof real) =>
  Object.entries(values).flatMap(([type, list]) => list.map((value) => ({ type: type as IdentifierType, value })))

test.each(cases(placeholders))("$type $value identifies nobody", (identifier) => {
  expect(isPlaceholder(identifier)).toBe(true)
})

test.each(cases(real))("$type $value is somebody's", (identifier) => {
  expect(isPlaceholder(identifier)).toBe(false)
})

test("case, blanks and quotes around it make a placeholder nobody's name", () => {
  const edge = fc.constantFrom("", " ", "\t", '"', "'", "  ")
  fc.assert(
    fc.property(
      fc.constantFrom(...cases(placeholders)),
      edge,
      edge,
      fc.boolean(),
      ({ type, value }, before, after, loud) => {
        if (type === "email" && value.includes("@") && /["']/.test(before + after)) return
        const spelled = before + (loud ? value.toUpperCase() : value.toLowerCase()) + after
        expect(isPlaceholder({ type, value: spelled })).toBe(true)
      },
    ),
  )
})

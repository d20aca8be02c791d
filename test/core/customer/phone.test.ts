import fc from "fast-check"
import { expect, test } from "vitest"
import { readPhone } from "../../../src/core/customer/phone.ts"
import { usableIdentifier } from "../../../src/core/identity/usable-identifiers.ts"

test.each([
  ["+39 333 1234567", null, "+393331234567"],
  ["0039 333 1234567", null, "+393331234567"],
  ["00393331234567", "DE", "+393331234567"],
  ["333 123 4567", "IT", "+393331234567"],
  ["(030) 901820-0", "DE", "+49309018200"],
  ["tel:+39-333-123-4567", null, "+393331234567"],
  ["+３９ ３３３ １２３４５６７", null, "+393331234567"],
  ["333 123 4567", null, null],
  ["+39 06 123456 ext. 12", null, null],
  ["12", "IT", null],
  ["call me", "IT", null],
] as const)("%s in %s is %s", (given, country, expected) => {
  expect(readPhone(given, country)).toBe(expected)
})

test("however it is spelled, a number is the same, and reading it again changes nothing", () => {
  const between = fc.constantFrom("", " ", "-", ".", "  ", "/")
  const prefix = fc.constantFrom("+39", "0039", "+39 ", "0039-", "(+39)", "")
  fc.assert(
    fc.property(fc.integer({ min: 1_000_000, max: 9_999_999 }), prefix, between, between, (digits, code, a, b) => {
      const text = String(digits)
      const spelled = `${code}333${a}${text.slice(0, 3)}${b}${text.slice(3)}`
      const read = readPhone(spelled, "IT")
      expect(read).toBe(`+39333${text}`)
      expect(readPhone(read!, null)).toBe(read)
    }),
  )
})

test("a number that cannot be read finds nobody, and the answer does not repeat it", () => {
  const usable = usableIdentifier({ type: "phone", value: "333 1234567" }, { country: null, shared: new Set() })
  expect(usable).toMatchObject({ fault: expect.stringContaining("country") })
  expect(JSON.stringify(usable)).not.toContain("333 1234567")
})

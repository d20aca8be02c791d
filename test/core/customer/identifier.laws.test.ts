import fc from "fast-check"
import { expect, test } from "vitest"
import { identifierTypes, normalizeIdentifier } from "../../../src/core/customer/identifier.ts"
import { usableIdentifier } from "../../../src/core/identity/usable-identifiers.ts"

const value = fc.oneof(
  fc.string({ unit: "grapheme", minLength: 1 }),
  fc.string({ unit: "binary", minLength: 1 }),
  fc.emailAddress(),
  fc.stringMatching(/^(\+|00)?[\d ().-]{5,18}$/),
)
const identifier = fc.record({ type: fc.constantFrom(...identifierTypes), value })

test("what is in the form that identifiers are compared in stays as it is", () => {
  fc.assert(
    fc.property(identifier, (given) => {
      const once = normalizeIdentifier(given)
      expect(normalizeIdentifier(once)).toEqual(once)
    }),
  )
})

test("the same holds of a shop of some country, and such a form is read alike in every other", () => {
  const country = fc.constantFrom(null, "IT", "DE", "US")
  fc.assert(
    fc.property(identifier, country, country, (given, country, elsewhere) => {
      const once = usableIdentifier(given, { country, shared: new Set() })
      if ("fault" in once) return
      expect(usableIdentifier(once, { country: elsewhere, shared: new Set() })).toEqual(once)
      expect(normalizeIdentifier(once)).toEqual(once)
    }),
  )
})

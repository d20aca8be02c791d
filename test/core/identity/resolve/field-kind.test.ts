import { expect, test } from "vitest"
import { fieldKindOf } from "../../../../src/core/identity/resolve/field-kind.ts"

const many = (write: (n: number) => string) => Array.from({ length: 200 }, (_, n) => write(n))

test("a field is known by its name, however it is spelled", () => {
  const names = many((n) => `name ${n}`)
  expect(["firstName", "given_name", "surname", "last name"].map((field) => fieldKindOf(field, names))).toEqual([
    "givenName",
    "givenName",
    "familyName",
    "familyName",
  ])
})

test("a field of a name in another language is known by its values", () => {
  expect(
    fieldKindOf(
      "correo",
      many((n) => `a${n}@b.example`),
    ),
  ).toBe("email")
  expect(
    fieldKindOf(
      "geboren",
      many((n) => `19${10 + (n % 90)}-0${1 + (n % 9)}-1${n % 10}`),
    ),
  ).toBe("date")
  expect(
    fieldKindOf(
      "telefono",
      many((n) => `+39 333 ${1_000_000 + n}`),
    ),
  ).toBe("phone")
  expect(
    fieldKindOf(
      "kundennummer",
      many((n) => `K${10_000 + n}`),
    ),
  ).toBe("identifier")
  expect(
    fieldKindOf(
      "geschlecht",
      many((n) => (n % 2 === 0 ? "w" : "m")),
    ),
  ).toBe("category")
})

test("a field that always says the same tells nobody apart", () => {
  expect(
    fieldKindOf(
      "city",
      many(() => "Bari"),
    ),
  ).toBe("ignored")
})

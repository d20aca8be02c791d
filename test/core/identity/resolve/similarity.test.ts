import { expect, test } from "vitest"
import { editDistance, jaroWinkler } from "../../../../src/core/identity/resolve/similarity.ts"

test("Jaro-Winkler gives Winkler's published examples", () => {
  expect(jaroWinkler("martha", "marhta")).toBeCloseTo(0.9611, 4)
  expect(jaroWinkler("dwayne", "duane")).toBeCloseTo(0.84, 4)
  expect(jaroWinkler("dixon", "dicksonx")).toBeCloseTo(0.8133, 4)
  expect(jaroWinkler("abc", "xyz")).toBe(0)
})

test("swapped neighbours are one edit", () => {
  expect(editDistance("allen", "alen", 3)).toBe(1)
  expect(editDistance("morris", "mosrir", 3)).toBe(2)
  expect(editDistance("portsmouth", "portsmuoth", 3)).toBe(1)
})

test("a distance above the limit is the limit and one", () => {
  expect(editDistance("kitten", "sitting", 2)).toBe(3)
  expect(editDistance("a", "abcdef", 2)).toBe(3)
})

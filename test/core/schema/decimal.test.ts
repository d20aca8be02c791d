import { expect, test } from "vitest"
import { parseDecimal } from "../../../src/core/schema/decimal.ts"

test("numbers are read as files write them", () => {
  const written = ["6", "-1.5", "1,234.50", "1.234,50", "2,5", "€ 12.00", "1 000"]
  expect(written.map(parseDecimal)).toEqual([6, -1.5, 1234.5, 1234.5, 2.5, 12, 1000])
  expect(["", "ten", null, undefined].map(parseDecimal)).toEqual([Number.NaN, Number.NaN, Number.NaN, Number.NaN])
})

import { expect, test } from "vitest"
import { decimalMarkIn, readNumber } from "../../../src/core/schema/written-number.ts"

test.each([
  ["6", 6],
  ["-1.5", -1.5],
  ["1,234.50", 1234.5],
  ["1,000", 1000],
  ["1,23,456.00", 123_456],
  ["1'234.50", 1234.5],
  ["1 000", 1000],
  ["€ 12.00", 12],
  ["12.00 EUR", 12],
  ["US$12.00", 12],
  ["$-12.00", -12],
  ["-$12.00", -12],
  ["(12.50)", -12.5],
  ["12.50-", -12.5],
  ["\u221212", -12],
  [".5", 0.5],
  ["1e3", 1000],
  ["12,50", Number.NaN],
  ["1.2.3", Number.NaN],
  ["12a", Number.NaN],
  ["", Number.NaN],
  ["-", Number.NaN],
  ["0x10", Number.NaN],
  [null, Number.NaN],
  [3, 3],
])("%s is %d under a decimal point", (written, number) => {
  expect(readNumber(written, "point")).toBe(number)
})

test.each([
  ["1,000", 1],
  ["12,50", 12.5],
  ["1.299,00", 1299],
  ["1.299", 1299],
  ["1.234.567", 1_234_567],
  ["1 234,5", 1234.5],
  ["12.50", Number.NaN],
  ["7", 7],
])("%s is %d under a decimal comma", (written, number) => {
  expect(readNumber(written, "comma")).toBe(number)
})

test.each([
  ["12,50", "comma"],
  ["1.299,00", "comma"],
  ["1.234.567", "comma"],
  ["0,125", "comma"],
  ["12.50", "point"],
  ["1,299.00", "point"],
  ["1,234,567", "point"],
  ["1,000", "either"],
  ["1.000", "either"],
  ["7", undefined],
  ["ten", undefined],
  [2.5, undefined],
])("%s shows the mark %s", (written, mark) => {
  expect(decimalMarkIn(written)).toBe(mark)
})

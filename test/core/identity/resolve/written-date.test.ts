import { expect, test } from "vitest"
import { compareDates, dateCells, dateOrderOf, readDate } from "../../../../src/core/identity/resolve/written-date.ts"

const levelOf = (a: string, b: string) => dateCells[compareDates(readDate(a, "dayFirst"), readDate(b, "dayFirst"))]

test("a date is read in the usual spellings", () => {
  for (const written of ["1971-06-24", "19710624", "1971/6/24", "24.06.1971", "1971-06-24T00:00:00Z"]) {
    expect(readDate(written, "dayFirst")).toBe(19_710_624)
  }
  expect(readDate("06/24/1971", "monthFirst")).toBe(19_710_624)
  expect(readDate("1971", "dayFirst")).toBe(19_710_000)
  expect(readDate("unknown", "dayFirst")).toBe(0)
})

test("a column whose second numbers exceed twelve writes the month first", () => {
  expect(dateOrderOf(["01/02/1970", "06/24/1971"])).toBe("monthFirst")
  expect(dateOrderOf(["01/02/1970", "24/06/1971"])).toBe("dayFirst")
})

test("slips are told apart from other dates", () => {
  expect(levelOf("1971-06-24", "1971-06-24")).toBe("same date")
  expect(levelOf("1971-06-05", "1971-05-06")).toBe("day and month swapped")
  expect(levelOf("1971-06-24", "1971-05-24")).toBe("same day and year, another month")
  expect(levelOf("1991-04-26", "1997-04-26")).toBe("same day and month, year one digit off")
  expect(levelOf("1992-11-20", "2003-01-17")).toBe("within 12 years")
  expect(levelOf("1950-03-01", "1981-12-27")).toBe("more than 12 years apart")
  expect(levelOf("1971", "1971-06-24")).toBe("same year, day unknown")
})

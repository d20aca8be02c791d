import { describe, expect, test } from "vitest"
import type { DateOrder } from "../../../src/core/time/written-date.ts"
import { readMoment } from "../../../src/core/time/written-time.ts"
import { type ZoneClock, zoneClock } from "../../../src/core/time/zone-clock.ts"

const readTime = (value: unknown, clock: ZoneClock, dateOrder: DateOrder | undefined) =>
  readMoment(value, { clock, dateOrder })

const utc = zoneClock("UTC")
const noon = Date.UTC(2011, 10, 9, 12)

describe("a moment", () => {
  test.each([
    ["2011-11-09T12:00:00Z"],
    ["2011-11-09 12:00"],
    ["2011-11-09T12:00:00.000000"],
    ["2011-11-09T13:00:00+01:00"],
    ["2011-11-09 14:30:00 +0230"],
    [noon],
    [noon / 1000],
    [String(noon)],
    [noon * 1e6],
  ])("%s is noon of 9 November 2011 in UTC", (written) => {
    expect(readTime(written, utc, undefined)).toBe(noon)
  })

  test("a date alone is its midnight", () => {
    expect(readTime("2011-11-09", utc, undefined)).toBe(noon - 12 * 3_600_000)
  })

  test("fractions of a second are kept to the millisecond", () => {
    expect(readTime("2011-11-09T12:00:00.0291Z", utc, undefined)).toBe(noon + 29)
  })

  test.each([["2011-02-30"], ["2011-11-09T25:00"], ["soon"], [""], [null], [17], ["17"]])(
    "%s is not a moment",
    (written) => {
      expect(readTime(written, utc, "dmy")).toBeUndefined()
    },
  )
})

describe("a wall clock", () => {
  test("is read by the offset of its own day", () => {
    const london = zoneClock("Europe/London")
    expect(readTime("2011-01-09 12:00", london, undefined)).toBe(Date.UTC(2011, 0, 9, 12))
    expect(readTime("2011-07-09 12:00", london, undefined)).toBe(Date.UTC(2011, 6, 9, 11))
  })

  test("does not matter to a time that names its offset", () => {
    expect(readTime("2011-07-09T12:00:00Z", zoneClock("Asia/Tokyo"), undefined)).toBe(Date.UTC(2011, 6, 9, 12))
  })

  test("of no zone there is refused", () => {
    expect(() => zoneClock("Europe/Atlantis")).toThrow(RangeError)
  })
})

describe("slashed dates", () => {
  test("are day or month first, as told", () => {
    expect(readTime("9/11/2011 12:00", utc, "dmy")).toBe(noon)
    expect(readTime("11/9/2011 12:00", utc, "mdy")).toBe(noon)
  })

  test("are not guessed one by one", () => {
    expect(readTime("9/11/2011 12:00", utc, undefined)).toBeUndefined()
  })
})

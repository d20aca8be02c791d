import { describe, expect, test } from "vitest"
import { dateOrderIn, readMoment, readSerialDay } from "../../../src/core/time/written-time.ts"
import { zoneClock } from "../../../src/core/time/zone-clock.ts"

const clock = zoneClock("UTC")
const noon = Date.UTC(2011, 10, 23, 12)

describe("a moment", () => {
  test.each([
    ["2011-11-23T12:00:00Z"],
    ["2011-11-23 12:00"],
    ["2011-11-23T12:00:00.000000"],
    ["2011-11-23T13:00:00+01:00"],
    ["2011-11-23 14:30:00 +0230"],
    ["2011-11-23 12:00:00+00"],
    ["2011-11-23 11:00:00-01"],
    ["20111123T120000Z"],
    ["20111123120000"],
    ["2011/11/23 12:00"],
    ["2011.11.23 12:00:00"],
    ["2011-11-23T13:00:00+01:00[Europe/Paris]"],
    ["2011-11-23T13:00:00[Europe/Paris]"],
    ["2011-11-23 07:00:00 EST"],
    ["2011-11-23 04:00 PST"],
    ["2011-11-23 13:00 MEZ"],
    ["2011-11-23 07:00 America/New_York"],
    ["2011-11-23 12:00 UTC"],
    ["2011-11-23 13:00 GMT+1"],
    ["Nov 23, 2011 12:00:00 PM"],
    ["Nov 23, 2011, 12:00 p.m."],
    ["November 23rd, 2011 at 12:00"],
    ["23-NOV-11 12:00"],
    ["23. November 2011 12:00 Uhr"],
    ["23 novembre 2011 12:00"],
    ["23 de noviembre de 2011 12:00"],
    ["Wed, 23 Nov 2011 12:00:00 GMT"],
    ["Wed, 23 Nov 2011 07:00:00 -0500 (EST)"],
    ["Wed Nov 23 2011 13:00:00 GMT+0100 (Central European Standard Time)"],
    ["Wed Nov 23 12:00:00 2011"],
    ["Wed Nov 23 12:00:00 UTC 2011"],
    ["23.11.2011, 12:00:00"],
    ["23/11/2011 12:00"],
    ["23/11/11 12:00"],
    ["23-11-2011 12:00 PM"],
    [noon],
    [noon / 1000],
    [String(noon)],
    [noon * 1e3],
    [noon * 1e6],
    [BigInt(noon) * 1000n],
    [new Date(noon)],
  ])("%s is noon of 23 November 2011 in UTC", (written) => {
    expect(readMoment(written, { clock, dateOrder: "dmy" })).toBe(noon)
  })

  test.each([
    ["2011-11-23"],
    ["20111123"],
    [20_111_123],
    ["23 Nov 2011"],
    ["2011-11-23Z"],
    ["11/23/2011"],
    ["11/23/11"],
  ])("%s alone is its midnight", (written) => {
    expect(readMoment(written, { clock, dateOrder: "mdy" })).toBe(noon - 12 * 3_600_000)
  })

  test("at 12 AM begins a day, and at 24:00 ends it", () => {
    expect(readMoment("2011-11-23 12:05 AM")).toBe(Date.UTC(2011, 10, 23, 0, 5))
    expect(readMoment("2011-11-23 24:00")).toBe(Date.UTC(2011, 10, 24))
  })

  test("keeps fractions of a second to the millisecond", () => {
    expect(readMoment("2011-11-23T12:00:00.0291Z")).toBe(noon + 29)
    expect(readMoment("2011-11-23 12:00:00,5")).toBe(noon + 500)
  })

  test.each([
    ["2011-02-30"],
    ["30/02/2011"],
    ["2011-11-23T25:00"],
    ["2011-11-23 13:00 PM"],
    ["2011-11-23 12:61"],
    ["2011-11-23 12:00 IST"],
    ["2011-11-23 12:00+99"],
    ["2011-11-23 12:00 Europe/Atlantis"],
    ["12:00"],
    ["soon"],
    [""],
    [null],
    [{}],
    [17],
    ["17"],
    [Number.NaN],
    ["9".repeat(200)],
  ])("is not %s", (written) => {
    expect(readMoment(written, { clock, dateOrder: "dmy" })).toBeUndefined()
  })
})

describe("a wall clock", () => {
  const london = zoneClock("Europe/London")

  test("is read by the offset of its own day", () => {
    expect(readMoment("2011-01-09 12:00", { clock: london })).toBe(Date.UTC(2011, 0, 9, 12))
    expect(readMoment("2011-07-09 12:00", { clock: london })).toBe(Date.UTC(2011, 6, 9, 11))
  })

  test("does not matter to a time that names its offset", () => {
    expect(readMoment("2011-07-09T12:00:00Z", { clock: zoneClock("Asia/Tokyo") })).toBe(Date.UTC(2011, 6, 9, 12))
  })

  test.each([
    ["Europe/London", "2024-03-31 01:30", Date.UTC(2024, 2, 31, 1, 30)],
    ["America/New_York", "2024-03-10 02:30", Date.UTC(2024, 2, 10, 7, 30)],
    ["Australia/Lord_Howe", "2024-10-06 02:15", Date.UTC(2024, 9, 5, 15, 45)],
  ])("in %s that leaps over %s is read by the offset before", (zone, written, instant) => {
    expect(readMoment(written, { clock: zoneClock(zone) })).toBe(instant)
  })

  test.each([
    ["Europe/London", "2024-10-27 01:30", Date.UTC(2024, 9, 27, 0, 30)],
    ["America/New_York", "2024-11-03 01:30", Date.UTC(2024, 10, 3, 5, 30)],
  ])("in %s that shows %s twice is read as the first", (zone, written, instant) => {
    expect(readMoment(written, { clock: zoneClock(zone) })).toBe(instant)
  })

  test("goes on rightly on both sides of a change", () => {
    expect(readMoment("2024-03-31 00:59", { clock: london })).toBe(Date.UTC(2024, 2, 31, 0, 59))
    expect(readMoment("2024-03-31 02:00", { clock: london })).toBe(Date.UTC(2024, 2, 31, 1))
    expect(readMoment("2024-10-27 02:00", { clock: london })).toBe(Date.UTC(2024, 9, 27, 2))
  })

  test("of no zone there is refused", () => {
    expect(() => zoneClock("Europe/Atlantis")).toThrow(RangeError)
  })
})

describe("day and month", () => {
  test("come in the order that is given, and are not guessed", () => {
    expect(readMoment("9/11/2011", { clock, dateOrder: "dmy" })).toBe(Date.UTC(2011, 10, 9))
    expect(readMoment("9/11/2011", { clock, dateOrder: "mdy" })).toBe(Date.UTC(2011, 8, 11))
    expect(readMoment("9/11/2011", { clock })).toBeUndefined()
    expect(readMoment("9/9/2011", { clock })).toBe(Date.UTC(2011, 8, 9))
  })

  test.each([
    ["13/2/2011", "dmy"],
    ["2/13/2011 11:59 PM", "mdy"],
    ["31.12.24", "dmy"],
    ["1/2/2011", "either"],
    ["5/5/2011", undefined],
    ["2011-02-01", undefined],
    ["1 Feb 2011", undefined],
    [17, undefined],
  ])("of %s show the order %s", (written, order) => {
    expect(dateOrderIn(written)).toBe(order)
  })
})

test("a spreadsheet's serial day is read to the second", () => {
  expect(readSerialDay(45_657.5, { clock })).toBe(Date.UTC(2024, 11, 31, 12))
  expect(readSerialDay("45657,25", { clock })).toBe(Date.UTC(2024, 11, 31, 6))
  expect(readSerialDay("45657", { clock: zoneClock("Europe/Paris") })).toBe(Date.UTC(2024, 11, 30, 23))
  expect([17, "123456", "2024-12-31", null].map((value) => readSerialDay(value, { clock }))).toEqual(
    Array(4).fill(undefined),
  )
})

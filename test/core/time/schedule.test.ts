import fc from "fast-check"
import { describe, expect, test } from "vitest"
import { lastScheduled, scheduleSchema } from "../../../src/core/time/schedule.ts"

const minute = 60_000
const hour = 60 * minute
const day = 24 * hour

const times = ["00:00", "01:30", "02:00", "02:30", "03:00", "08:00", "23:45"]

/** Local days on which clocks change, by zone: forward, then back (Lord Howe moves by half an hour). */
const changes = [
  { timeZone: "Europe/Rome", forward: "2026-03-29", back: "2026-10-25" },
  { timeZone: "America/New_York", forward: "2026-03-08", back: "2026-11-01" },
  { timeZone: "Australia/Lord_Howe", forward: "2026-10-04", back: "2026-04-05" },
]

const localDate = (ms: number, timeZone: string) => new Intl.DateTimeFormat("sv-SE", { timeZone }).format(ms)

const seenBefore = new Map<string, number[]>()

/** Every time a schedule names, as somebody sees it who asks every five minutes of three days. */
function seen(at: string, timeZone: string, date: string): number[] {
  const key = `${at} ${timeZone} ${date}`
  const moments = seenBefore.get(key) ?? ask(at, timeZone, date)
  seenBefore.set(key, moments)
  return moments
}

function ask(at: string, timeZone: string, date: string): number[] {
  const schedule = scheduleSchema.parse({ at, timeZone })
  const from = Date.parse(`${date}T00:00:00Z`) - day
  const asked = Array.from({ length: 3 * 288 }, (_, n) => lastScheduled(schedule, from + n * 5 * minute))
  return [...new Set(asked)]
}

describe.each(changes)("in $timeZone", ({ timeZone, forward, back }) => {
  test.each(times)(
    "a daily schedule at %s comes once on the day clocks go forward, and once on the day they go back",
    (at) => {
      for (const date of [forward, back])
        expect(seen(at, timeZone, date).filter((moment) => localDate(moment, timeZone) === date)).toHaveLength(1)
    },
  )

  test.each(times)("its times at %s only ever move forward", (at) => {
    for (const date of [forward, back]) {
      const moments = seen(at, timeZone, date)
      expect(moments).toEqual(moments.toSorted((a, b) => a - b))
    }
  })
})

test("a time that the clock skips comes when the gap ends, one that it repeats comes the first time", () => {
  const rome = scheduleSchema.parse({ at: "02:30", timeZone: "Europe/Rome" })
  expect(lastScheduled(rome, Date.UTC(2026, 2, 29, 12))).toBe(Date.UTC(2026, 2, 29, 1))
  expect(lastScheduled(rome, Date.UTC(2026, 9, 25, 12))).toBe(Date.UTC(2026, 9, 25, 0, 30))
})

test("a weekly schedule keeps its local hour over a change of clocks", () => {
  const sundays = scheduleSchema.parse({ at: "08:00", weekdays: [0], timeZone: "Europe/Rome" })
  expect(lastScheduled(sundays, Date.UTC(2026, 9, 25, 6, 59, 59, 999))).toBe(Date.UTC(2026, 9, 18, 6))
  expect(lastScheduled(sundays, Date.UTC(2026, 9, 25, 7))).toBe(Date.UTC(2026, 9, 25, 7))
})

test("the last time is never in the future, is stable until the next one, and at most a week and two hours back", () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...times),
      fc.constantFrom("UTC", "Asia/Kolkata", "America/Santiago", ...changes.map(({ timeZone }) => timeZone)),
      fc.subarray([0, 1, 2, 3, 4, 5, 6], { minLength: 1 }),
      fc.integer({ min: Date.UTC(2020, 0, 1), max: Date.UTC(2035, 0, 1) }),
      (at, timeZone, weekdays, nowMs) => {
        const schedule = scheduleSchema.parse({ at, timeZone, weekdays })
        const last = lastScheduled(schedule, nowMs)
        expect(last).toBeLessThanOrEqual(nowMs)
        expect(nowMs - last).toBeLessThanOrEqual(7 * day + 2 * hour)
        expect(lastScheduled(schedule, last)).toBe(last)
        expect(lastScheduled(schedule, last - 1)).toBeLessThan(last)
      },
    ),
  )
})

import { dayMs } from "./durations.ts"
/** Turns wall-clock milliseconds (the instant the same clock face would show in UTC) into milliseconds since the epoch. */
export type ZoneClock = (wallClock: number) => number

const cellMs = 15 * 60_000
const maxCells = 100_000
const maxZones = 1000
const clockByZone = new Map<string, ZoneClock>()

/**
 * The clock of an IANA time zone; throws a `RangeError` for a name that is none. Of a clock face that comes twice when clocks go back
 * the first is meant; one that clocks leap over is read by the offset before the leap.
 */
export function zoneClock(timeZone: string): ZoneClock {
  const known = clockByZone.get(timeZone)
  if (known !== undefined) return known
  const clock = timeZone === "UTC" ? (wallClock: number) => wallClock : clockBy(offsetsOf(timeZone))
  if (clockByZone.size < maxZones) clockByZone.set(timeZone, clock)
  return clock
}

function clockBy(offsetAt: (instant: number) => number): ZoneClock {
  const offsetByCell = new Map<number, number>()
  return (wallClock) => {
    const cell = Math.floor(wallClock / cellMs)
    const known = offsetByCell.get(cell)
    if (known !== undefined) return wallClock - known
    const before = offsetAt(wallClock - dayMs)
    const after = offsetAt(wallClock + dayMs)
    const holds = (offset: number) => offsetAt(wallClock - offset) === offset
    const offset = holds(before) || !holds(after) ? before : after
    if (offsetByCell.size >= maxCells) offsetByCell.clear()
    offsetByCell.set(cell, offset)
    return wallClock - offset
  }
}

function offsetsOf(timeZone: string): (instant: number) => number {
  const format = new Intl.DateTimeFormat("en-US", {
    timeZone,
    hourCycle: "h23",
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
    second: "numeric",
  })
  return (instant) => {
    const parts = Object.fromEntries(format.formatToParts(instant).map(({ type, value }) => [type, Number(value)]))
    const shown = Date.UTC(parts.year!, parts.month! - 1, parts.day, parts.hour, parts.minute, parts.second)
    return shown - Math.floor(instant / 1000) * 1000
  }
}

import { type CalendarDay, type DateOrder, dateOrderShown, readDate } from "./written-date.ts"
import { type ZoneClock, zoneClock } from "./zone-clock.ts"
import { writtenZone } from "./zone-offset.ts"

/** Rules for times that are ambiguous by themselves. */
export interface MomentRule {
  /** The clock of times that name no zone. */
  clock: ZoneClock
  /** Of day and month in dates such as 1/2/2024; absent: such dates are not read. */
  dateOrder?: DateOrder | undefined
}

/** For people who are told that a time cannot be read. */
export const acceptedTimes =
  "ISO 8601 (2024-12-31T23:59:00+01:00), 2024/12/31 23:59, 31/12/2024 or 12/31/2024 11:59 PM, Dec 31, 2024, " +
  "RFC 2822, 20241231, an epoch in seconds, milliseconds, micro- or nanoseconds"

const inUtc: MomentRule = { clock: zoneClock("UTC") }
const longest = 100
const clockPattern =
  /(?<![\d:.])(\d{1,2})(?::(\d{2})(?::(\d{2})(?:[.,:](\d{1,9}))?)?(?:\s*([ap]\.?\s?m\.?)(?!\p{L}))?|\s?([ap]\.?m\.?)(?!\p{L}))(?![\d:])/iu
const compactPattern = /^(\d{8})[T ]?(\d{2})(\d{2})(?:(\d{2})(?:[.,](\d{1,9}))?)?\s*(Z|[+-]\d{2}(?::?\d{2})?)?$/i
const weekday = /^(?:\p{L}{2,10}\.?,\s*|(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*\.?\s+)/iu

interface TimeOfDay {
  hour: number
  minute: number
  second: number
  ms: number
}
const midnight: TimeOfDay = { hour: 0, minute: 0, second: 0, ms: 0 }

/** Reads a moment as people, programs and spreadsheets write it, in milliseconds since the epoch; `undefined` if it is none. */
export function readMoment(value: unknown, rule: MomentRule = inUtc): number | undefined {
  if (value instanceof Date) return Number.isFinite(value.getTime()) ? value.getTime() : undefined
  if (typeof value === "number") return readDigits(String(value), rule) ?? fromEpoch(value)
  if (typeof value === "bigint") return readMoment(value.toString(), rule)
  if (typeof value !== "string" || value.length > longest) return undefined
  const text = value.replace(/[\s\u00A0\u202F]+/g, " ").trim()
  const digits = readDigits(text, rule)
  if (digits !== undefined) return digits
  if (/^\d{9,19}(\.\d+)?$/.test(text)) return fromEpoch(Number(text))
  const { bare, zone } = withoutZoneName(text)
  const clock = clockPattern.exec(bare)
  return clock === null ? readDay(bare, zone, rule) : readDayAndClock(bare, clock, zone, rule)
}

/** 20241231, 202412312359, 20241231235959 and ISO's basic form. */
function readDigits(text: string, rule: MomentRule): number | undefined {
  if (/^(19|20|21)\d{6}$/.test(text)) return instantOf(readDate(text, undefined), midnight, undefined, rule)
  const found = /^(19|20|21)\d/.test(text) ? compactPattern.exec(text) : null
  if (found === null) return undefined
  const [, date, hour, minute, second = "0", fraction = "", zone] = found
  const time = { hour: Number(hour), minute: Number(minute), second: Number(second), ms: milliseconds(fraction) }
  return instantOf(readDate(date!, undefined), time, zone, rule)
}

/** Takes `[Europe/Paris]` and a remark such as `(CET)` off the end; a zone in brackets is a name for an offset where there is one. */
function withoutZoneName(text: string): { bare: string; zone: string | undefined } {
  const bracket = /\s?\[([^\]]+)\](?:\[[^\]]*\])*$/.exec(text)
  const rest = bracket === null ? text : text.slice(0, bracket.index)
  return { bare: rest.replace(/\s?\([^)]*\)$/, "").replace(weekday, ""), zone: bracket?.[1] }
}

function readDay(text: string, zone: string | undefined, rule: MomentRule): number | undefined {
  const day = readDate(text, rule.dateOrder)
  if (day !== undefined) return instantOf(day, midnight, zone, rule)
  const zoned = /^(\d{4}-\d{1,2}-\d{1,2})\s?(Z|UTC|[+-]\d{2}:?\d{2})$/i.exec(text)
  return zoned === null ? undefined : instantOf(readDate(zoned[1]!, undefined), midnight, zoned[2], rule)
}

function readDayAndClock(
  text: string,
  clock: RegExpExecArray,
  bracketed: string | undefined,
  rule: MomentRule,
): number | undefined {
  const before = text
    .slice(0, clock.index)
    .replace(/(?:\s?T|,?\s(?:at|um)\s|[\s,]+)$/i, "")
    .trim()
  const after = text
    .slice(clock.index + clock[0].length)
    .replace(/^\s?(?:Uhr|h)\b/i, "")
    .trim()
  const year = /(?:^|\s)(\d{4})$/.exec(after)
  const [date, zone] =
    year === null || /\b\d{4}\b/.test(before) ? [before, after] : [`${before} ${year[1]}`, after.slice(0, year.index)]
  const day = date === "" ? undefined : readDate(date, rule.dateOrder)
  const time = timeOfDay(clock)
  if (time === undefined) return undefined
  return instantOf(day, time, zone.trim() || bracketed, rule)
}

function timeOfDay([, hourText, minute = "0", second = "0", fraction = "", late, late2]: RegExpExecArray) {
  const half = (late ?? late2)?.[0]?.toLowerCase()
  const written = Number(hourText)
  if (half !== undefined && (written < 1 || written > 12)) return undefined
  const hour = half === undefined ? written : (written % 12) + (half === "p" ? 12 : 0)
  const time = { hour, minute: Number(minute), second: Number(second), ms: milliseconds(fraction) }
  const isMidnight = hour === 24 && time.minute === 0 && time.second === 0
  return (hour < 24 || isMidnight) && time.minute < 60 && time.second <= 60 ? time : undefined
}

const milliseconds = (fraction: string): number => Number(fraction.padEnd(3, "0").slice(0, 3))

function instantOf(
  day: CalendarDay | undefined,
  { hour, minute, second, ms }: TimeOfDay,
  zone: string | undefined,
  rule: MomentRule,
): number | undefined {
  if (day === undefined || hour > 24 || minute > 59 || second > 60) return undefined
  const clock = zone === undefined ? rule.clock : writtenZone(zone)
  const date = new Date(0)
  date.setUTCFullYear(day.year, day.month - 1, day.day)
  return clock?.(date.getTime() + ((hour * 60 + minute) * 60 + second) * 1000 + ms)
}

/** Milliseconds since the epoch from seconds, milliseconds, micro- or nanoseconds, told apart by their size. */
function fromEpoch(value: number): number | undefined {
  if (value >= 1e17) return Math.round(value / 1e6)
  if (value >= 1e14) return Math.round(value / 1e3)
  if (value >= 1e11) return Math.round(value)
  return value >= 1e8 ? Math.round(value * 1000) : undefined
}

const firstSerial = 20_000
const lastSerial = 80_000

/** Reads a spreadsheet's serial day (45657.999 is the end of 2024), from 1954 to 2119; `undefined` for every other value. */
export function readSerialDay(value: unknown, rule: MomentRule): number | undefined {
  const number = typeof value === "string" && /^\d{5}([.,]\d+)?$/.test(value.trim()) ? value.replace(",", ".") : value
  const serial = typeof number === "string" ? Number(number) : number
  if (typeof serial !== "number" || !(serial >= firstSerial && serial < lastSerial)) return undefined
  return rule.clock(Date.UTC(1899, 11, 30) + Math.round(serial * 86_400) * 1000)
}

/** Returns what a written time shows of the order of day and month in its file. */
export function dateOrderIn(value: unknown): ReturnType<typeof dateOrderShown> {
  if (typeof value !== "string" || value.length > longest) return undefined
  const date = /^\s*(?:\p{L}{2,10}\.?,?\s+)?(\d{1,2}[-/.]\s?\d{1,2}[-/.]\s?\d{2,4})(?!\d)/u.exec(value)
  return date === null ? undefined : dateOrderShown(date[1]!)
}

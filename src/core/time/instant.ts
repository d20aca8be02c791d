export type DateOrder = "dmy" | "mdy"

const isoPattern =
  /^(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ](\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?)?\s*(Z|UTC|[+-]\d{2}:?\d{2})?$/i
const slashPattern = /^(\d{1,2})[/.](\d{1,2})[/.](\d{4})(?:[T ,]+(\d{1,2}):(\d{2})(?::(\d{2}))?)?$/

/** Wall-clock milliseconds: the instant the same clock face would show in UTC. */
function wallClockMs(parts: readonly (string | undefined)[]): number | undefined {
  const [year, month, day, hour, minute, second] = parts.map((part) => Number(part ?? 0)) as [number, ...number[]]
  const ms = Date.UTC(year, month! - 1, day, hour, minute, second)
  const back = new Date(ms)
  const isReal = back.getUTCMonth() === month! - 1 && back.getUTCDate() === day && hour! < 24 && minute! < 60
  return isReal ? ms : undefined
}

/** Turns wall-clock milliseconds of a time zone into milliseconds since the epoch; throws a `RangeError` for an unknown zone. */
export function zoneClock(timeZone: string): (wallClock: number) => number {
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
  if (timeZone === "UTC") return (wallClock) => wallClock
  const offsetAt = (instant: number): number => {
    const parts = Object.fromEntries(format.formatToParts(instant).map(({ type, value }) => [type, Number(value)]))
    const shown = Date.UTC(parts.year!, parts.month! - 1, parts.day, parts.hour, parts.minute, parts.second)
    return shown - Math.floor(instant / 1000) * 1000
  }
  const offsetByHour = new Map<number, number>()
  const hourMs = 3_600_000
  return (wallClock) => {
    const hour = Math.floor(wallClock / hourMs)
    const known = offsetByHour.get(hour)
    if (known !== undefined) return wallClock - known
    const near = offsetAt(wallClock)
    const offset = offsetAt(wallClock - near)
    offsetByHour.set(hour, offset)
    return wallClock - offset
  }
}

function zoneOffsetMs(zone: string): number {
  if (/^(Z|UTC)$/i.test(zone)) return 0
  const [, sign, hours, minutes] = /^([+-])(\d{2}):?(\d{2})$/.exec(zone)!
  return (sign === "-" ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * 60_000
}

/** Milliseconds since the epoch from seconds, milliseconds, micro- or nanoseconds, told apart by their size. */
function fromEpoch(value: number): number | undefined {
  if (value >= 1e17) return Math.round(value / 1e6)
  if (value >= 1e14) return Math.round(value / 1e3)
  if (value >= 1e11) return Math.round(value)
  return value >= 1e8 ? Math.round(value * 1000) : undefined
}

/** Reads a moment as files write it; `undefined` if it cannot, or if day and month could be either way round. */
export function parseInstant(
  value: unknown,
  toInstant: (wallClock: number) => number,
  dateOrder: DateOrder | undefined,
): number | undefined {
  if (typeof value === "number") return fromEpoch(value)
  if (typeof value !== "string") return undefined
  const text = value.trim()
  if (/^\d{9,19}(\.\d+)?$/.test(text)) return fromEpoch(Number(text))
  const iso = isoPattern.exec(text)
  if (iso) {
    const ms = wallClockMs(iso.slice(1, 7))
    if (ms === undefined) return undefined
    const exact = ms + Number((iso[7] ?? "").padEnd(3, "0").slice(0, 3))
    return iso[8] ? exact - zoneOffsetMs(iso[8]) : toInstant(exact)
  }
  const slash = slashPattern.exec(text)
  if (!slash || dateOrder === undefined) return undefined
  const [day, month] = dateOrder === "dmy" ? [slash[1], slash[2]] : [slash[2], slash[1]]
  const ms = wallClockMs([slash[3], month, day, slash[4], slash[5], slash[6]])
  return ms === undefined ? undefined : toInstant(ms)
}

/** Which of day and month comes first in slashed dates: told by the first that is above twelve, `undefined` if none is. */
export function dateOrderOf(values: readonly unknown[]): DateOrder | undefined {
  for (const value of values) {
    const slash = typeof value === "string" ? slashPattern.exec(value.trim()) : null
    if (slash && Number(slash[1]) > 12) return "dmy"
    if (slash && Number(slash[2]) > 12) return "mdy"
  }
  return undefined
}

export const isSlashedDate = (value: unknown): boolean => typeof value === "string" && slashPattern.test(value.trim())

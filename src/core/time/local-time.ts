/** An hour and a day of the week where a customer is. */
export interface LocalTime {
  /** From 0 to just below 24, minutes as a fraction. */
  hour: number
  /** 0 is Sunday. */
  weekday: number
}

const formats = new Map<string, Intl.DateTimeFormat>()
const weekdays = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]

/** True if `name` is a time zone of the IANA data base. */
export function isTimeZone(name: unknown): name is string {
  if (typeof name !== "string" || name.length > 60) return false
  try {
    formatOf(name)
    return true
  } catch {
    return false
  }
}

/** Local time at `nowMs` in a zone `isTimeZone` accepts. */
export function localTime(nowMs: number, timeZone: string): LocalTime {
  const part = Object.fromEntries(
    formatOf(timeZone)
      .formatToParts(nowMs)
      .map(({ type, value }) => [type, value]),
  )
  return { hour: Number(part.hour) + Number(part.minute) / 60, weekday: weekdays.indexOf(part.weekday!) }
}

function formatOf(timeZone: string): Intl.DateTimeFormat {
  const known = formats.get(timeZone)
  if (known) return known
  const format = new Intl.DateTimeFormat("en-GB", {
    timeZone,
    hour: "2-digit",
    minute: "2-digit",
    weekday: "short",
    hourCycle: "h23",
  })
  formats.set(timeZone, format)
  return format
}

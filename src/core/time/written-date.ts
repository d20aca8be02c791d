export type DateOrder = "dmy" | "mdy"

/** A day of the calendar, the month from 1. */
export interface CalendarDay {
  year: number
  month: number
  day: number
}

const yearFirst = /^(\d{4})([-/.])(\d{1,2})\2(\d{1,2})$/
const yearLast = /^(\d{1,2})([-/.])\s?(\d{1,2})\2\s?(\d{4}|\d{2})$/
const compact = /^(\d{4})(\d{2})(\d{2})$/
const named = [
  /^(?<day>\d{1,2})(?:st|nd|rd|th|er|º|\.)?[\s\-/.]+(?:de\s+)?(?<month>\p{L}{3,12})\.?,?[\s\-/.]+(?:de\s+)?(?<year>\d{4}|\d{2})$/iu,
  /^(?<month>\p{L}{3,12})\.?[\s\-/.]+(?<day>\d{1,2})(?:st|nd|rd|th)?,?[\s\-/.]+(?<year>\d{4}|\d{2})$/iu,
  /^(?<year>\d{4})[\s\-/.]+(?<month>\p{L}{3,12})\.?[\s\-/.]+(?<day>\d{1,2})$/iu,
] as const

/** Months of English, German, French, Spanish, Italian, Portuguese and Dutch by what they begin with, without accents. */
const monthBeginnings: readonly (readonly string[])[] = [
  ["jan", "janv", "ene", "gen"],
  ["feb", "fev"],
  ["mar", "maerz", "marz", "mrz", "maa", "mrt"],
  ["apr", "avr", "abr"],
  ["may", "mai", "mag", "mei"],
  ["jun", "juin", "giu"],
  ["jul", "juil", "lug"],
  ["aug", "aou", "ago"],
  ["sep", "set"],
  ["oct", "okt", "ott", "out"],
  ["nov"],
  ["dec", "dez", "dic"],
]

function monthOf(word: string): number {
  const plain = word.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase()
  const longest = monthBeginnings.map((beginnings) =>
    Math.max(0, ...beginnings.filter((beginning) => plain.startsWith(beginning)).map(({ length }) => length)),
  )
  const best = Math.max(...longest)
  return best === 0 ? 0 : longest.indexOf(best) + 1
}

const fullYear = (year: string): number =>
  year.length === 4 ? Number(year) : Number(year) + (Number(year) < 70 ? 2000 : 1900)

function existing(day: CalendarDay): CalendarDay | undefined {
  const date = new Date(Date.UTC(2000, day.month - 1, day.day))
  date.setUTCFullYear(day.year, day.month - 1, day.day)
  return date.getUTCMonth() === day.month - 1 && date.getUTCDate() === day.day ? day : undefined
}

/** Reads a date as files write it; `undefined` for what is none, and for day and month in an order that nobody gave. */
export function readDate(text: string, dateOrder: DateOrder | undefined): CalendarDay | undefined {
  const first = yearFirst.exec(text)
  if (first) return existing({ year: Number(first[1]), month: Number(first[3]), day: Number(first[4]) })
  const together = compact.exec(text)
  if (together) {
    return existing({ year: Number(together[1]), month: Number(together[2]), day: Number(together[3]) })
  }
  const last = yearLast.exec(text)
  if (last) {
    if (dateOrder === undefined && Number(last[1]) !== Number(last[3])) return undefined
    const [day, month] = dateOrder === "dmy" ? [last[1], last[3]] : [last[3], last[1]]
    return existing({ year: fullYear(last[4]!), month: Number(month), day: Number(day) })
  }
  for (const pattern of named) {
    const groups = pattern.exec(text)?.groups
    if (groups === undefined) continue
    const month = monthOf(groups.month!)
    if (month > 0) return existing({ year: fullYear(groups.year!), month, day: Number(groups.day) })
  }
  return undefined
}

/** Returns what one date shows of the order of day and month: `either` if both could come first, `undefined` if it does not depend on the order. */
export function dateOrderShown(text: string): DateOrder | "either" | undefined {
  const last = yearLast.exec(text)
  if (!last) return undefined
  const [first, second] = [Number(last[1]), Number(last[3])]
  if (first > 12 && second <= 12) return "dmy"
  if (second > 12 && first <= 12) return "mdy"
  return first === second ? undefined : "either"
}

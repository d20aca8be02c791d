/** A date as year · 10000 + month · 100 + day; month and day are 0 where only the year is known. */
export type WrittenDate = number

export type DateOrder = "dayFirst" | "monthFirst"

const digitsOf = /^(\d{4})[-/. ]?(\d{1,2})[-/. ]?(\d{1,2})(?:[T ].*)?$/
const ofDay = /^(\d{1,2})[-/. ](\d{1,2})[-/. ](\d{4}|\d{2})$/
const ofYear = /^(\d{4})(?:[-/]0{1,2}[-/]0{1,2})?$/

/** Returns the date that a text writes, or 0 where it writes none. */
export function readDate(text: string, order: DateOrder): WrittenDate {
  const written = text.trim()
  const year = ofYear.exec(written)
  if (year) return Number(year[1]) * 10_000
  const iso = digitsOf.exec(written)
  if (iso) return dateOf(Number(iso[1]), Number(iso[2]), Number(iso[3]))
  const day = ofDay.exec(written)
  if (day === null) return 0
  const [first, second] = [Number(day[1]), Number(day[2])]
  const century = day[3]!.length === 4 ? 0 : Number(day[3]) > 30 ? 1900 : 2000
  const inYear = Number(day[3]) + century
  return order === "dayFirst" ? dateOf(inYear, second, first) : dateOf(inYear, first, second)
}

function dateOf(year: number, month: number, day: number): WrittenDate {
  if (month === 0 || day === 0) return year * 10_000
  if (month <= 12 && day <= 31) return year * 10_000 + month * 100 + day
  return day <= 12 && month <= 31 ? year * 10_000 + day * 100 + month : 0
}

/** Returns the order in which a column writes day and month: `dayFirst` where more first than second numbers exceed 12. */
export function dateOrderOf(texts: readonly string[]): DateOrder {
  let dayFirst = 0
  for (const text of texts) {
    const parts = ofDay.exec(text.trim())
    if (parts && Number(parts[1]) > 12) dayFirst++
    if (parts && Number(parts[2]) > 12) dayFirst--
  }
  return dayFirst >= 0 ? "dayFirst" : "monthFirst"
}

export const dateCells = [
  "same date",
  "day and month swapped",
  "same month, day one digit off",
  "same month, another day",
  "same day and year, another month",
  "same year, both near",
  "same year only",
  "same day and month, year one digit off",
  "same day and month, another year",
  "two digits off",
  "within 400 days",
  "within 12 years",
  "more than 12 years apart",
  "same year, day unknown",
  "year one off, day unknown",
  "another year, day unknown",
] as const

const digit = (date: number, place: number) => Math.floor(date / 10 ** place) % 10

function digitsApart(a: number, b: number, from: number, to: number): number {
  let apart = 0
  for (let place = from; place < to; place++) if (digit(a, place) !== digit(b, place)) apart++
  return apart
}

const isSwapOf = (a: number, b: number): boolean => Math.floor(a / 10) === b % 10 && Math.floor(b / 10) === a % 10
const dayNumber = (year: number, month: number, day: number) => year * 365.25 + month * 30.44 + day

/** Returns the index in `dateCells` of two dates, neither of them 0. */
export function compareDates(a: WrittenDate, b: WrittenDate): number {
  const [yearA, yearB] = [Math.floor(a / 10_000), Math.floor(b / 10_000)]
  const [restA, restB] = [a % 10_000, b % 10_000]
  if (restA === 0 || restB === 0) return yearA === yearB ? 13 : digitsApart(yearA, yearB, 0, 4) === 1 ? 14 : 15
  if (a === b) return 0
  const [monthA, monthB, dayA, dayB] = [Math.floor(restA / 100), Math.floor(restB / 100), restA % 100, restB % 100]
  if (yearA === yearB) {
    if (monthA === dayB && monthB === dayA) return 1
    if (monthA === monthB) return digitsApart(dayA, dayB, 0, 2) === 1 || isSwapOf(dayA, dayB) ? 2 : 3
    if (dayA === dayB) return 4
    return Math.abs(dayNumber(0, monthA, dayA) - dayNumber(0, monthB, dayB)) <= 45 ? 5 : 6
  }
  if (restA === restB) {
    const isNear =
      digitsApart(yearA, yearB, 0, 4) === 1 || Math.abs(yearA - yearB) === 1 || isSwapOf(yearA % 100, yearB % 100)
    return isNear ? 7 : 8
  }
  if (digitsApart(a, b, 0, 8) <= 2) return 9
  const apart = Math.abs(dayNumber(yearA, monthA, dayA) - dayNumber(yearB, monthB, dayB))
  return apart <= 400 ? 10 : apart <= 4383 ? 11 : 12
}

export type DecimalMark = "comma" | "point"

/** For people who are told that a number cannot be read. */
export const acceptedNumbers =
  "1234.50, 1,234.50, 1 234.50 (decimal point) or 1234,50, 1.234,50, 1 234,50 (decimal comma)"

const longest = 60
const currency = /^(?:\p{Sc}|[A-Z]{3}|[A-Z]{1,2}\$|kr\.?|zł|Kč|Fr\.)|(?:\p{Sc}|[A-Z]{3}|kr\.?|zł|Kč|Fr\.)$/u

/** Digits with their marks and a minus before them, without currency, blanks, apostrophes, a minus behind or an accountant's brackets. */
function bareNumber(text: string): string {
  const signed = text.replace(/[\s\u00A0\u202F'’]/g, "").replace(/\u2212/g, "-")
  const isNegative = /^-|-$|^\(.*\)$/.test(signed) || /^\P{N}*-/u.test(signed)
  const size = signed
    .replace(/^[-+(]+|[-)]+$/g, "")
    .replace(currency, "")
    .replace(/^[-+]/, "")
  return `${isNegative ? "-" : ""}${size}`
}

/** A number as files write it, under the file's decimal mark; `NaN` if it is none. */
export function readNumber(value: unknown, mark: DecimalMark | undefined): number {
  if (typeof value === "number") return value
  if (typeof value === "bigint") return Number(value)
  if (typeof value !== "string" || value.length > longest) return Number.NaN
  const text = bareNumber(value)
  if (/^-?\d+$/.test(text)) return Number(text)
  if (/^-?\d+(\.\d+)?e[+-]?\d+$/i.test(text)) return Number(text)
  const [decimal, group] = mark === "comma" ? [",", "."] : [".", ","]
  const [whole, fraction, ...more] = text.split(decimal)
  if (more.length > 0 || !/^\d*$/.test(fraction ?? "")) return Number.NaN
  const digits = whole!.replace(/^-/, "")
  if (digits.includes(group) && !isGrouped(digits.split(group))) return Number.NaN
  const plain = digits.replaceAll(group, "")
  if (!/^\d*$/.test(plain) || `${plain}${fraction ?? ""}` === "") return Number.NaN
  return Number(`${text.startsWith("-") ? "-" : ""}${plain || "0"}.${fraction || "0"}`)
}

/** Thousands as most of the world sets them apart, or lakhs as India does. */
function isGrouped([first, ...rest]: readonly string[]): boolean {
  const last = rest.at(-1)
  const isRegular = rest.every(({ length }) => length === 3) || rest.slice(0, -1).every(({ length }) => length === 2)
  return first!.length >= 1 && first!.length <= 3 && last?.length === 3 && isRegular
}

/** Returns what one number shows of its file's decimal mark: `either` if it depends on the mark, `undefined` if it does not. */
export function decimalMarkIn(value: unknown): DecimalMark | "either" | undefined {
  if (typeof value !== "string" || value.length > longest) return undefined
  const text = bareNumber(value)
  if (!/^-?\d*[.,][\d.,]*\d$/.test(text)) return undefined
  const asPoint = readNumber(value, "point")
  const asComma = readNumber(value, "comma")
  if (Number.isNaN(asPoint)) return Number.isNaN(asComma) ? undefined : "comma"
  if (Number.isNaN(asComma)) return "point"
  if (/^-?0*[.,]\d+$/.test(text)) return text.includes(",") ? "comma" : "point"
  return "either"
}

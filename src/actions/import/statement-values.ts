import { readNumber } from "../../core/schema/written-number.ts"
import { readMoment, readSerialDay } from "../../core/time/written-time.ts"
import { findColumn } from "./column-names.ts"
import { parseId } from "./line.ts"
import type { Mapping } from "./mapping.ts"

export type Values = Readonly<Record<string, unknown>>
/** Names of columns, by the field that each one fills. */
export type Columns = Readonly<Record<string, string>>

/** Finds the columns of fields by what they are called, each column for one field. */
export function columnsByField(columns: readonly string[], names: Readonly<Record<string, string>>): Columns {
  const found: Record<string, string> = {}
  for (const [field, words] of Object.entries(names)) {
    const free = columns.filter((column) => !Object.values(found).includes(column))
    const column = findColumn(free, words.split(" "))
    if (column !== undefined) found[field] = column
  }
  return found
}

export const textOf = (values: Values, column: string | undefined): string | undefined =>
  column === undefined ? undefined : parseId(values[column]) || undefined

/** A number where there is one; what is none stays as it was written, to be refused by name. */
export function numberOf(values: Values, column: string | undefined, { decimalMark }: Mapping): unknown {
  const text = textOf(values, column)
  if (text === undefined) return undefined
  const number = readNumber(values[column!], decimalMark)
  return Number.isNaN(number) ? text : number
}

/** A moment in ISO 8601 where there is one; what is none stays as it was written, to be refused by name. */
export function momentOf(values: Values, column: string | undefined, mapping: Mapping): string | undefined {
  const text = textOf(values, column)
  if (text === undefined) return undefined
  const at = readMoment(values[column!], mapping) ?? readSerialDay(values[column!], mapping)
  return at === undefined || Math.abs(at) > 8.64e15 ? text : new Date(at).toISOString()
}

export function listOf(values: Values, column: string | undefined, separator: RegExp): unknown {
  const value = column === undefined ? undefined : values[column]
  if (Array.isArray(value)) return value
  const text = textOf(values, column)
  return text
    ?.split(separator)
    .map((part) => part.trim())
    .filter((part) => part !== "")
}

const yes: ReadonlySet<string> = new Set(
  "true 1 yes y t ja j oui o si sí s sim granted grant given accepted optin opted-in opt-in opted_in subscribed active".split(
    " ",
  ),
)
const no: ReadonlySet<string> = new Set(
  "false 0 no n f nein non não nee refused denied declined revoked withdrawn optout opted-out opt-out opted_out unsubscribed inactive".split(
    " ",
  ),
)

/** Yes or no as files write it; `undefined` for every other word. */
export function answerOf(value: unknown): boolean | undefined {
  if (typeof value === "boolean") return value
  const word = parseId(value).toLowerCase()
  return yes.has(word) ? true : no.has(word) ? false : undefined
}

/** A text cell as the number or answer that it plainly is; ids, codes and telephone numbers stay text. */
function plainValue(name: string, value: unknown): unknown {
  if (typeof value !== "string") return value
  const text = value.trim()
  if (/^(true|false)$/i.test(text)) return text.toLowerCase() === "true"
  const isCode = /id$|code|zip|postal|plz|phone|mobile|number|nr$/i.test(name)
  return !isCode && /^-?(0|[1-9]\d{0,14})(\.\d+)?$/.test(text) ? Number(text) : text
}

/** Returns the values that no field takes, by name, without blank cells. */
export function restOf(values: Values, taken: Columns, prefix: RegExp): Record<string, unknown> {
  const used = new Set(Object.values(taken))
  const rest = Object.entries(values).flatMap(([column, value]) => {
    const name = column.replace(/^.*\[\]\./, "").replace(prefix, "")
    const isBlank = value === null || value === undefined || parseId(value) === ""
    return used.has(column) || isBlank ? [] : [[name, plainValue(name, value)]]
  })
  return Object.fromEntries(rest)
}

import { type FieldKind, fieldKindOf } from "./field-kind.ts"
import type { PersonRecord } from "./person-record.ts"
import { type DateOrder, dateCells, dateOrderOf } from "./written-date.ts"

export type ComparisonKind = "name" | "where" | "date" | "email" | "phone" | "identifier" | "category" | "text"

export interface Comparison {
  name: string
  kind: ComparisonKind
  /** Traits, or types of identifiers, that it reads. */
  fields: readonly string[]
}

export interface ComparisonPlan {
  kinds: Readonly<Record<string, FieldKind>>
  dateOrders: Readonly<Record<string, DateOrder>>
  comparisons: readonly Comparison[]
}

/** Levels that a comparison of a kind tells apart, dimension by dimension. */
export const dimensionsOf: Readonly<Record<ComparisonKind, readonly number[]>> = {
  // Equal, near and similar tokens, initials, and which names conflict: none, family, given, both or unknown.
  name: [4, 3, 2, 2, 4],
  // Address, postcode, town.
  where: [5, 5, 5],
  date: [dateCells.length],
  email: [7],
  phone: [3],
  identifier: [3],
  category: [2],
  // Equal tokens, near or similar ones, leftover ones.
  text: [4, 3, 3],
}

export const cellCount = (kind: ComparisonKind): number =>
  dimensionsOf[kind].reduce((product, size) => product * size, 1)

/** Returns the levels of a cell, dimension by dimension. */
export function levelsOf(kind: ComparisonKind, cell: number): number[] {
  const levels: number[] = []
  let rest = cell
  for (const size of [...dimensionsOf[kind]].reverse()) {
    levels.unshift(rest % size)
    rest = Math.floor(rest / size)
  }
  return levels
}

/** The cell of a comparison in which one side says nothing. */
export const missingCell = 255

const sampleSize = 5000

/** Returns a field's values in records, at most 5,000, evenly spread. */
function valuesByField(records: readonly PersonRecord[]): Map<string, string[]> {
  const values = new Map<string, string[]>()
  const step = Math.max(1, Math.floor(records.length / sampleSize))
  for (let n = 0; n < records.length; n += step) {
    for (const [field, value] of fieldsOf(records[n]!)) {
      const held = values.get(field)
      if (held === undefined) values.set(field, [value])
      else held.push(value)
    }
  }
  return values
}

/** Returns what a record says as pairs of field and text; parts of a trait such as an address are fields, as in `address.city`. */
export function fieldsOf(record: PersonRecord): (readonly [string, string])[] {
  const fields: (readonly [string, string])[] = []
  for (const { type, value } of record.identifiers) fields.push([type, value])
  for (const [trait, value] of Object.entries(record.traits)) {
    if (typeof value === "object" && value !== null && !Array.isArray(value)) {
      for (const [part, inner] of Object.entries(value)) addField(fields, `${trait}.${part}`, inner)
    } else addField(fields, trait, value)
  }
  return fields
}

function addField(fields: (readonly [string, string])[], field: string, value: unknown): void {
  if (typeof value === "string" && value.trim() !== "") fields.push([field, value.trim()])
  else if (typeof value === "number" || typeof value === "bigint") fields.push([field, String(value)])
}

/** Returns which comparisons records admit, by the names and the values of their fields; `given` kinds hold against both. */
export function planComparisons(
  records: readonly PersonRecord[],
  given: Readonly<Record<string, FieldKind>> = {},
): ComparisonPlan {
  const values = valuesByField(records)
  const names = [...values.keys()].sort()
  const kinds = Object.fromEntries(
    names.map((field) => [field, given[field] ?? fieldKindOf(field, values.get(field)!)]),
  )
  const ofKind = (...wanted: FieldKind[]) => names.filter((field) => wanted.includes(kinds[field]!))
  const dateOrders = Object.fromEntries(ofKind("date").map((field) => [field, dateOrderOf(values.get(field)!)]))
  const places = ofKind("address", "town", "postcode")
  const pooled: Comparison[] = [
    { name: "name", kind: "name", fields: ofKind("givenName", "familyName", "name") },
    { name: "where", kind: "where", fields: places },
    { name: "email", kind: "email", fields: ofKind("email") },
    { name: "phone", kind: "phone", fields: ofKind("phone") },
  ]
  const single = (kind: ComparisonKind, ...wanted: FieldKind[]): Comparison[] =>
    ofKind(...wanted).map((field) => ({ name: field, kind, fields: [field] }))
  return {
    kinds,
    dateOrders,
    comparisons: [
      ...pooled.filter(({ fields }) => fields.length > 0),
      ...single("date", "date"),
      ...single("identifier", "identifier"),
      ...single("category", "category"),
      ...(places.length === 0 ? single("category", "region") : []),
      ...single("text", "text"),
    ],
  }
}

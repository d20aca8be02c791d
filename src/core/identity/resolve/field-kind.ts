import { dateOrderOf, readDate } from "./written-date.ts"

/** Meanings of traits and of types of identifiers, as far as comparing goes. */
export const fieldKinds = [
  "givenName",
  "familyName",
  "name",
  "date",
  "email",
  "phone",
  "address",
  "town",
  "region",
  "postcode",
  "identifier",
  "category",
  "text",
  "ignored",
] as const
export type FieldKind = (typeof fieldKinds)[number]

/** Words of a field's name that settle its kind, first match first; a field that none settles is judged by its values. */
const kindsByName: readonly (readonly [RegExp, FieldKind])[] = [
  [/^(given|first|fore|christian) ?names?$|^(given|first|forename)$/, "givenName"],
  [/^(family|last|sur|maiden) ?names?$|^surname$|^last$/, "familyName"],
  [/\b(e ?mail|mail)\b/, "email"],
  [/\b(phone|mobile|telephone|tel|cell)\b/, "phone"],
  [/\b(birth|born|dob|date|birthday)\b.*(?<!place)$/, "date"],
  [/\b(post ?code|zip|zip ?code|postal ?code|postcode)\b/, "postcode"],
  [/\b(city|town|suburb|place|locality|village|birthplace)\b/, "town"],
  [/\b(state|region|province|county|country)\b/, "region"],
  [/\b(address|street|road|house ?number)\b/, "address"],
  [/\b(full|middle|display|second|other|nick)? ?names?\b|\bfullname\b/, "name"],
  [/\b(gender|sex)\b/, "category"],
  [/\b(user ?id|card|loyalty ?card|anonymous ?id|device|cookie|ssn|soc ?sec ?id|passport|licen[cs]e)\b/, "identifier"],
]

const wordsOf = (field: string): string =>
  field
    .replace(/([a-z0-9])([A-Z])/g, "$1 $2")
    .replace(/[^\p{L}\p{N}]+/gu, " ")
    .replace(/ \d+$/, "")
    .trim()
    .toLowerCase()

/** Returns the kind of a field by its name, or else by its values; `ignored` where it has none or always the same one. */
export function fieldKindOf(field: string, values: readonly string[]): FieldKind {
  const distinct = new Set(values)
  if (distinct.size < 2) return "ignored"
  const words = wordsOf(field)
  const named = kindsByName.find(([pattern]) => pattern.test(words))
  if (named !== undefined) return named[1] === "date" && shareOf(values, isDate(values)) < 0.5 ? "text" : named[1]
  return kindByValues(values, distinct.size)
}

const shareOf = (values: readonly string[], is: (value: string) => boolean) =>
  values.filter(is).length / Math.max(1, values.length)

function isDate(values: readonly string[]): (value: string) => boolean {
  const order = dateOrderOf(values)
  return (value) => {
    const date = readDate(value, order)
    return date % 10_000 > 0 && date > 18_500_000 && date < 21_000_000
  }
}

function kindByValues(values: readonly string[], distinct: number): FieldKind {
  const isMostly = (is: (value: string) => boolean) => shareOf(values, is) >= 0.9
  if (isMostly((value) => /^[^@\s]+@[^@\s]+$/.test(value))) return "email"
  if (isMostly(isDate(values))) return "date"
  if (isMostly((value) => /^[+(]?[\d\s()./-]{7,20}$/.test(value) && /^(\+|\(?0)/.test(value))) return "phone"
  const hasDigits = shareOf(values, (value) => /\d/.test(value))
  if (distinct <= Math.min(60, values.length / 20)) return "category"
  if (hasDigits > 0.9 && isMostly((value) => !/\p{L}{3}.*\s.*\p{L}{3}/u.test(value))) {
    return distinct > values.length / 5 ? "identifier" : "category"
  }
  return hasDigits > 0.5 ? "address" : "text"
}

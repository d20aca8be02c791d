import { type ComparisonKind, levelsOf, missingCell } from "./comparison-plan.ts"
import { priorOf } from "./level-weights.ts"
import type { OpenModel } from "./open-model.ts"
import type { PreparedRecord } from "./prepared-record.ts"
import { dateCells } from "./written-date.ts"

/** Evidence of one field on whether two records are of one person. */
export interface FieldWeight {
  field: string
  /** Base-2 logarithm of how much likelier such values are in records of one person than in others'; negative speaks against it. */
  bits: number
  /** Agreement of the values in words. */
  words: string
}

/**
 * Returns the weights of evidence of two records' fields, in the model's order; fields of which one side says nothing are left out.
 * Their sum with `priorBits` is the log-odds of the pair in bits; `relatives` is what it loses to the chance that both are of one
 * household.
 */
export function weighFields(
  a: PreparedRecord,
  b: PreparedRecord,
  { model, compare, score }: OpenModel,
): { fields: FieldWeight[]; priorBits: number } {
  const { cells, logChances } = compare(a, b)
  const { comparisons } = model.plan
  const fields = comparisons.flatMap(({ name, kind }, n): FieldWeight[] => {
    const cell = cells[n]!
    if (cell === missingCell) return []
    const { match, unrelated } = model.weights.comparisons[n]!
    const chance = logChances[n]! === 0 ? unrelated[cell]! : logChances[n]!
    return [{ field: name, bits: (match[cell]! - chance) / Math.LN2, words: wordsOf(kind, cell) }]
  })
  const priorBits = priorOf(model.weights) / Math.LN2
  const told = fields.reduce((sum, { bits }) => sum + bits, priorBits)
  const relatives = score(a, b) / Math.LN2 - told
  const isTold = Math.abs(relatives) >= 0.5
  return {
    fields: isTold
      ? [...fields, { field: "relatives", bits: relatives, words: "people of one household agree so too" }]
      : fields,
    priorBits,
  }
}

function wordsOf(kind: ComparisonKind, cell: number): string {
  const levels = levelsOf(kind, cell)
  if (kind === "name") return namesInWords(levels)
  if (kind === "where") return placesInWords(levels)
  if (kind === "date") return dateCells[cell]!
  if (kind === "text") return textInWords(levels)
  if (kind === "email") return emailWords[cell]!
  return kind === "category" ? ["the same", "another"][cell]! : ["the same", "one sign apart", "another"][cell]!
}

const emailWords = [
  "the same address",
  "the same mailbox at a similar domain",
  "the same mailbox at another domain",
  "similar mailboxes at one domain",
  "similar mailboxes",
  "another mailbox at one domain",
  "another address",
]

const counted = (count: number, one: string, many: string) =>
  count === 0 ? [] : [count === 1 ? one : `${count} ${many}`]

function namesInWords([exact = 0, near = 0, similar = 0, initials = 0, conflict = 0]: readonly number[]): string {
  const parts = [
    ...counted(exact, "one name the same", "names the same"),
    ...counted(near, "one name nearly the same", "names nearly the same"),
    ...counted(similar, "one name similar", "names similar"),
    ...(initials > 0 ? ["an initial fits"] : []),
    ...[[], ["the family name differs"], ["the given name differs"], ["other names differ"]][conflict]!,
  ]
  return parts.length === 0 ? "nothing in common" : parts.join(", ")
}

function placesInWords([address = 0, postcode = 0, town = 0]: readonly number[]): string {
  const parts = [
    ...[[], ["another address"], ["a similar address"], ["nearly the same address"], ["the same address"]][address]!,
    ...[[], ["another postcode"], ["the same district"], ["nearly the same postcode"], ["the same postcode"]][
      postcode
    ]!,
    ...[[], ["another town"], ["a similar town"], ["nearly the same town"], ["the same town"]][town]!,
  ]
  return parts.join(", ")
}

function textInWords([exact = 0, near = 0, left = 0]: readonly number[]): string {
  const parts = [
    ...counted(exact, "one word the same", "words the same"),
    ...counted(near, "one word nearly the same", "words nearly the same"),
    ...(left > 0 ? ["others differ"] : []),
  ]
  return parts.length === 0 ? "nothing in common" : parts.join(", ")
}

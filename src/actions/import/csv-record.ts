/** Separator of a line's fields: a character, or any number of blanks. */
export type Delimiter = "," | ";" | "\t" | "|" | "blanks"

export interface SplitRecord {
  fields: string[]
  /** A quote is still open at the end of the text. */
  isOpen: boolean
  /** A quote inside a quoted field was not doubled. */
  isIrregular: boolean
}

/** Splits a record of a delimited file into its fields. */
export function splitRecord(text: string, delimiter: Delimiter): SplitRecord {
  if (delimiter === "blanks") return splitAtBlanks(text)
  if (!text.includes('"')) return { fields: text.split(delimiter), isOpen: false, isIrregular: false }
  const fields: string[] = []
  let isIrregular = false
  let start = 0
  for (;;) {
    const quote = quoteAt(text, start, delimiter)
    if (quote === -1) {
      const end = text.indexOf(delimiter, start)
      fields.push(end === -1 ? text.slice(start) : text.slice(start, end))
      if (end === -1) return { fields, isOpen: false, isIrregular }
      start = end + 1
      continue
    }
    const closing = closingQuote(text, quote + 1, delimiter)
    isIrregular ||= closing.isIrregular
    const inside = text.slice(quote + 1, closing.at === -1 ? undefined : closing.at).replaceAll('""', '"')
    fields.push(inside)
    if (closing.at === -1) return { fields, isOpen: true, isIrregular }
    const end = text.indexOf(delimiter, closing.at + 1)
    if (end === -1) return { fields, isOpen: false, isIrregular }
    start = end + 1
  }
}

/** Returns the position of the field's opening quote, blanks before it allowed; -1 if it is not quoted. */
function quoteAt(text: string, start: number, delimiter: string): number {
  let at = start
  while (text[at] === " " || (text[at] === "\t" && delimiter !== "\t")) at++
  return text[at] === '"' ? at : -1
}

function closingQuote(text: string, from: number, delimiter: string): { at: number; isIrregular: boolean } {
  let isIrregular = false
  let at = text.indexOf('"', from)
  while (at !== -1) {
    if (text[at + 1] === '"') {
      at = text.indexOf('"', at + 2)
      continue
    }
    let after = at + 1
    while (text[after] === " ") after++
    if (after >= text.length || text[after] === delimiter) return { at, isIrregular }
    isIrregular = true
    at = text.indexOf('"', at + 1)
  }
  return { at: -1, isIrregular }
}

function splitAtBlanks(text: string): SplitRecord {
  const fields = [...text.matchAll(/"([^"]*)"|\S+/g)].map(([whole, quoted]) => quoted ?? whole)
  return { fields, isOpen: false, isIrregular: false }
}

const characters = [",", ";", "\t", "|"] as const

/** Returns the separator that splits the header most often; blanks where nothing else does. */
export function delimiterOf(header: string): Delimiter {
  const unquoted = header.replace(/"[^"]*"/g, '""')
  const pieces = (delimiter: string) => unquoted.split(delimiter).length
  const best = characters.reduce((a, b) => (pieces(b) > pieces(a) ? b : a))
  return pieces(best) === 1 && /\S\s+\S/.test(unquoted) ? "blanks" : best
}

import { basename } from "node:path"
import { ApiError } from "../../core/problem/problem.ts"
import { readNumber } from "../../core/schema/written-number.ts"
import { type Delimiter, delimiterOf, splitRecord } from "./csv-record.ts"
import { inBatches } from "./in-batches.ts"
import type { Row, RowSource } from "./row-source.ts"
import { linesOf, openText, type TextLine } from "./text-lines.ts"

/** A quoted field may run over so many lines and characters. */
const mostLines = 500
const mostCharacters = 256 * 1024

interface Head {
  columns: string[]
  delimiter: Delimiter
}

export async function csvRows(path: string): Promise<RowSource> {
  const { chunks, fractionRead } = await openText(path)
  const lines = new LineReader(linesOf(chunks))
  const head = await readHead(lines, basename(path))
  return { format: "csv", columns: head.columns, rows: inBatches(readRows(lines, head)), fractionRead }
}

/** Lines in order, some of them looked at before their turn. */
class LineReader {
  readonly #lines: AsyncGenerator<TextLine>
  #ahead: TextLine[] = []

  constructor(lines: AsyncGenerator<TextLine>) {
    this.#lines = lines
  }

  async next(): Promise<TextLine | undefined> {
    if (this.#ahead.length > 0) return this.#ahead.shift()
    const { value, done } = await this.#lines.next()
    return done ? undefined : value
  }

  /** The line `distance` behind the next one. */
  async peek(distance: number): Promise<TextLine | undefined> {
    while (this.#ahead.length <= distance) {
      const { value, done } = await this.#lines.next()
      if (done) return undefined
      this.#ahead.push(value)
    }
    return this.#ahead[distance]
  }

  drop(count: number): void {
    this.#ahead = this.#ahead.slice(count)
  }

  /** Closes the file, read to its end or not. */
  async close(): Promise<void> {
    await this.#lines.return(undefined)
  }
}

async function readHead(lines: LineReader, name: string): Promise<Head> {
  let line = await lines.next()
  while (line !== undefined && line.text.trim() === "") line = await lines.next()
  const said = /^sep=(.)\s*$/i.exec(line?.text ?? "")?.[1]
  if (said !== undefined) line = await lines.next()
  if (line === undefined) throw new ApiError("invalidRequest", `${name} is empty: it has no line of column names`)
  const delimiter = said === "," || said === ";" || said === "\t" || said === "|" ? said : delimiterOf(line.text)
  const written = splitRecord(line.text, delimiter).fields.map((field) => field.trim())
  while (written.length > 1 && written.at(-1) === "") written.pop()
  const values = written.filter((field) => Number.isFinite(readNumber(field, "point")))
  if (values.length > 1 && values.length * 2 >= written.length) {
    throw new ApiError(
      "invalidRequest",
      `the first line of ${name} holds values, not the names of its columns; put a line of names before it`,
    )
  }
  return { columns: distinctNames(written), delimiter }
}

/** Nameless columns get a name, and the second of one name another. */
function distinctNames(written: readonly string[]): string[] {
  const seen = new Map<string, number>()
  return written.map((field, n) => {
    const name = field === "" ? `column ${n + 1}` : field
    const count = (seen.get(name) ?? 0) + 1
    seen.set(name, count)
    return count === 1 ? name : `${name} (${count})`
  })
}

async function* readRows(lines: LineReader, head: Head): AsyncGenerator<Row> {
  try {
    yield* recordsOf(lines, head)
  } finally {
    await lines.close()
  }
}

async function* recordsOf(lines: LineReader, head: Head): AsyncGenerator<Row> {
  for (let line = await lines.next(); line !== undefined; line = await lines.next()) {
    if (line.text.trim() === "") continue
    const record = splitRecord(line.text, head.delimiter)
    if (!record.isOpen) {
      yield toRow(record.fields, line.number, head, record.isIrregular)
      continue
    }
    const closed = record.isIrregular ? undefined : await closeQuote(line, lines, head)
    yield closed === undefined
      ? { line: line.number, fault: "a quote is opened and not closed; double the quotes inside a quoted field" }
      : toRow(closed.fields, closed.lastLine, head, false)
  }
}

/**
 * Goes on over the lines that follow until the open quote is closed, and takes them from the reader; `undefined` if it never is, or only
 * by a quote that opens another record's field, so that one bad line does not take those behind it along.
 */
async function closeQuote(first: TextLine, lines: LineReader, { columns, delimiter }: Head) {
  let text = first.text
  for (let n = 0; n < mostLines && text.length < mostCharacters; n++) {
    const next = await lines.peek(n)
    if (next === undefined) return undefined
    text += `\n${next.text}`
    if (!next.text.includes('"')) {
      if (columns.length > 2 && splitRecord(next.text, delimiter).fields.length === columns.length) return undefined
      continue
    }
    const record = splitRecord(text, delimiter)
    if (record.isIrregular) return undefined
    if (record.isOpen) continue
    if (record.fields.length !== columns.length) return undefined
    lines.drop(n + 1)
    return { fields: record.fields, lastLine: next.number }
  }
  return undefined
}

function toRow(fields: readonly string[], line: number, { columns }: Head, isIrregular: boolean): Row {
  const isLonger = fields.length > columns.length && fields.slice(columns.length).some((field) => field.trim() !== "")
  const isWrong = isIrregular ? fields.length !== columns.length : isLonger || fields.length < columns.length
  if (isWrong) return { line, fault: `has ${fields.length} fields where the header has ${columns.length}` }
  const values: Record<string, string> = {}
  for (let n = 0; n < columns.length; n++) values[columns[n]!] = fields[n] ?? ""
  return { line, values }
}

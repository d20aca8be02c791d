import { inBatches } from "./in-batches.ts"
import { jsonElements } from "./json-elements.ts"
import { columnsOf, objectRows } from "./object-rows.ts"
import type { Row, RowSource } from "./row-source.ts"
import { linesOf, openText } from "./text-lines.ts"

const rowsLookedAtForColumns = 2000

function rowsOf(text: string, line: number): Row[] {
  try {
    return objectRows(JSON.parse(text), line)
  } catch (error) {
    return [{ line, fault: `not JSON: ${(error as Error).message.slice(0, 200)}` }]
  }
}

async function* lineRows(chunks: AsyncIterable<string>): AsyncGenerator<Row> {
  for await (const { text, number } of linesOf(chunks)) {
    const trimmed = text.trim()
    if (trimmed !== "") yield* rowsOf(trimmed, number)
  }
}

async function* elementRows(chunks: AsyncIterable<string>): AsyncGenerator<Row> {
  for await (const { text, number } of jsonElements(chunks)) yield* rowsOf(text, number)
}

type ReadRows = (chunks: AsyncIterable<string>) => AsyncGenerator<Row>

async function firstColumns(path: string, read: ReadRows): Promise<string[]> {
  const { chunks } = await openText(path)
  const rows: Row[] = []
  for await (const row of read(chunks)) {
    rows.push(row)
    if (rows.length >= rowsLookedAtForColumns) break
  }
  return columnsOf(rows)
}

const sourceBy =
  (format: RowSource["format"], read: ReadRows) =>
  async (path: string): Promise<RowSource> => {
    const columns = await firstColumns(path, read)
    const { chunks, fractionRead } = await openText(path)
    return { format, columns, rows: inBatches(read(chunks)), fractionRead }
  }

/** A JSON object a line. */
export const ndjsonRows = sourceBy("ndjson", lineRows)
/** A JSON array, or objects over several lines each; a row's number is that of its element. */
export const jsonRows = sourceBy("json", elementRows)

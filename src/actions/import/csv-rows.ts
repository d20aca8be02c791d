import { parse } from "csv-parse"
import { type Row, type RowSource, rowsPerBatch } from "./rows.ts"
import { firstLine, openText } from "./text-lines.ts"

interface ParsedRecord {
  info: { lines: number; error?: { message: string } }
  record: Record<string, string>
}

const delimiters = [",", ";", "\t", "|"] as const

/** The delimiter that splits the header most often. */
export function delimiterOf(header: string): string {
  const unquoted = header.replace(/"[^"]*"/g, "")
  const pieces = (delimiter: string) => unquoted.split(delimiter).length
  return delimiters.reduce((best, delimiter) => (pieces(delimiter) > pieces(best) ? delimiter : best), ",")
}

export async function csvRows(path: string): Promise<RowSource> {
  const header = await firstLine(path)
  const delimiter = delimiterOf(header)
  const { bytes, fractionRead } = await openText(path)
  const columns = await headerColumns(header, delimiter)
  return { format: "csv", columns, rows: readRows(bytes, columns, delimiter), fractionRead }
}

async function headerColumns(header: string, delimiter: string): Promise<string[]> {
  const parser = parse(header, { delimiter, trim: true })
  for await (const record of parser) return record as string[]
  return []
}

async function* readRows(
  bytes: NodeJS.ReadableStream,
  columns: readonly string[],
  delimiter: string,
): AsyncGenerator<Row[]> {
  let batch: Row[] = []
  const parser = parse({
    bom: true,
    columns: [...columns],
    delimiter,
    from: 2,
    info: true,
    relax_column_count: true,
    relax_quotes: true,
    skip_empty_lines: true,
    skip_records_with_error: true,
    on_skip: (error) => {
      batch.push({ line: Number(error?.lines ?? 0), fault: error?.message ?? "not CSV" })
      return undefined
    },
  })
  bytes.on("error", (error) => parser.destroy(error))
  bytes.pipe(parser)
  for await (const parsed of parser) {
    const { info, record } = parsed as ParsedRecord
    batch.push(info.error ? { line: info.lines, fault: info.error.message } : { line: info.lines, values: record })
    if (batch.length >= rowsPerBatch) {
      yield batch
      batch = []
    }
  }
  if (batch.length > 0) yield batch
}

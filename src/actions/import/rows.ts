import { csvRows } from "./csv-rows.ts"
import { ndjsonRows } from "./ndjson-rows.ts"
import { parquetRows } from "./parquet-rows.ts"

/** One line of a file by column, or why it could not be read; `line` is the line (Parquet: the row) as an editor counts it. */
export type Row = { line: number; values: Readonly<Record<string, unknown>> } | { line: number; fault: string }

export const fileFormats = ["csv", "ndjson", "parquet"] as const
export type FileFormat = (typeof fileFormats)[number]

/** An open file: its columns, and its rows in order, in batches, once. */
export interface RowSource {
  format: FileFormat
  columns: readonly string[]
  rows: AsyncIterable<readonly Row[]>
  /** How much of the file has been read, 0 to 1. */
  fractionRead(): number
}

export const rowsPerBatch = 2000

const openByFormat: Readonly<Record<FileFormat, (path: string) => Promise<RowSource>>> = {
  csv: csvRows,
  ndjson: ndjsonRows,
  parquet: parquetRows,
}

/** The format a file's name promises, `undefined` if it promises none. */
export function formatOf(path: string): FileFormat | undefined {
  const name = path.toLowerCase().replace(/\.gz$/, "")
  if (/\.(csv|tsv|txt)$/.test(name)) return "csv"
  if (/\.(ndjson|jsonl|json)$/.test(name)) return "ndjson"
  return /\.(parquet|pq)$/.test(name) ? "parquet" : undefined
}

export const openRows = (path: string, format: FileFormat): Promise<RowSource> => openByFormat[format](path)

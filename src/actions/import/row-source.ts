/**
 * One line of a file by column, a tracking call, or why it could not be read; `line` is the line (Parquet: the row, JSON: the element)
 * as an editor counts it.
 */
export type Row =
  | { line: number; values: Readonly<Record<string, unknown>> }
  | { line: number; call: Readonly<Record<string, unknown>> }
  | { line: number; fault: string }

export const fileFormats = ["csv", "ndjson", "json", "parquet"] as const
export type FileFormat = (typeof fileFormats)[number]

/** An open file: its columns, and its rows in order, in batches, once. */
export interface RowSource {
  format: FileFormat
  columns: readonly string[]
  rows: AsyncIterable<readonly Row[]>
  /** Returns the share of the file that has been read, 0 to 1. */
  fractionRead(): number
}

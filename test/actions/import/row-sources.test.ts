import { gzipSync } from "node:zlib"
import { parquetWriteBuffer } from "hyparquet-writer"
import { expect, test } from "vitest"
import { formatOf, openRows } from "../../../src/actions/import/rows.ts"
import { type Entry, type FileKind, rowSourceContract } from "../../contracts/row-source.ts"
import { fileWriter } from "../../support/write-file.ts"

/** A new kind of file adds a call of `rowSourceContract` here. */

const byLine = { breaksByRow: true, refusesHuge: true }
const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`

const csv: FileKind = {
  name: "CSV",
  format: "csv",
  contentOf: (rows) =>
    ["a,b", ...rows.map((row) => (row === "broken" ? "alone" : `${row.a},${quoted(row.b)}`)), ""].join("\n"),
  lineOf: (place) => place + 2,
  ...byLine,
}
const ndjson: FileKind = {
  name: "NDJSON",
  format: "ndjson",
  contentOf: (rows) => rows.map((row) => `${row === "broken" ? '{"a":' : JSON.stringify(row)}\n`).join(""),
  lineOf: (place) => place + 1,
  ...byLine,
}
const elements = (rows: readonly (Entry | "broken")[], indent?: number) =>
  rows.map((row) => (row === "broken" ? '{"a" 1}' : JSON.stringify(row, null, indent)))
const json: FileKind = {
  name: "a JSON array",
  format: "json",
  contentOf: (rows) => `[${elements(rows).join(",\n")}]`,
  lineOf: (place) => place + 1,
  ...byLine,
}
const column = (name: string, data: string[]) => ({ name, data, type: "STRING" as const })
const parquet: FileKind = {
  name: "Parquet",
  format: "parquet",
  contentOf: (rows) => {
    const entries = rows.filter((row) => row !== "broken")
    const columnData = [
      column(
        "a",
        entries.map(({ a }) => a),
      ),
      column(
        "b",
        entries.map(({ b }) => b),
      ),
    ]
    return new Uint8Array(parquetWriteBuffer({ columnData, rowGroupSize: 3000 }))
  },
  lineOf: (place) => place + 1,
  breaksByRow: false,
  refusesHuge: false,
}

/** Returns the same kind of file, written another way. */
const written = (kind: FileKind, name: string, change: (content: string) => string | Uint8Array): FileKind => ({
  ...kind,
  name,
  contentOf: (rows) => change(String(kind.contentOf(rows))),
})
const withMark = (content: string) => `\ufeff${content}`

rowSourceContract(csv)
rowSourceContract(written(csv, "CSV with semicolons", (content) => content.replaceAll(",", ";")))
rowSourceContract(written(csv, "CSV whose lines end with CR LF", (content) => content.replaceAll("\n", "\r\n")))
rowSourceContract(written(csv, "CSV without a last line break", (content) => content.trimEnd()))
rowSourceContract(written(csv, "CSV with a byte order mark", withMark))
rowSourceContract(written(csv, "CSV in UTF-16", (content) => Buffer.from(withMark(content), "utf16le")))
rowSourceContract(written(csv, "CSV, gzipped", gzipSync))
rowSourceContract(ndjson)
rowSourceContract(written(ndjson, "NDJSON with a byte order mark", withMark))
rowSourceContract(written(ndjson, "NDJSON, gzipped", gzipSync))
rowSourceContract(json)
rowSourceContract(written(json, "a JSON array with a byte order mark", withMark))
rowSourceContract(written(json, "a JSON array, gzipped", gzipSync))
rowSourceContract(parquet)

test("a file of no bytes is refused by its name", async () => {
  const write = fileWriter()
  const opened = async (name: string) => {
    const path = write(name, "")
    return openRows(path, await formatOf(path))
  }
  await expect(opened("none.ndjson")).rejects.toThrow("none.ndjson is empty")
  await expect(opened("none.csv")).rejects.toThrow("none.csv is empty")
  await expect(opened("none.parquet")).rejects.toThrow("none.parquet is not Parquet")
})

import { basename } from "node:path"
import { ApiError } from "../../core/problem/problem.ts"
import { delimiterOf } from "./csv-record.ts"
import { csvRows } from "./csv-rows.ts"
import { namedArray } from "./json-elements.ts"
import { jsonRows, ndjsonRows } from "./json-rows.ts"
import { parquetRows } from "./parquet-rows.ts"
import type { FileFormat, RowSource } from "./row-source.ts"
import { firstText, isParquet } from "./text-lines.ts"

const openByFormat: Readonly<Record<FileFormat, (path: string) => Promise<RowSource>>> = {
  csv: csvRows,
  ndjson: ndjsonRows,
  json: jsonRows,
  parquet: parquetRows,
}

const lookedAt = 64 * 1024

/** The format of a file by what it holds; its name decides only between a table and what is neither. Throws `invalidRequest` if it is none. */
export async function formatOf(path: string): Promise<FileFormat> {
  const name = path.toLowerCase().replace(/\.gz$/, "")
  if (await isParquet(path)) return "parquet"
  if (/\.(parquet|pq)$/.test(name)) {
    throw new ApiError("invalidRequest", `${basename(path)} is not Parquet: it does not begin with PAR1`)
  }
  const text = (await firstText(path, lookedAt)).trimStart()
  if (/^\[\s*(\{|\]|$)/.test(text) || namedArray.test(text)) return "json"
  if (/^\{\s*("|\}|$)/.test(text)) return isJson(text.split(/[\r\n]/, 1)[0]!, text.length) ? "ndjson" : "json"
  if (/\.(csv|tsv|tab|txt)$/.test(name)) return "csv"
  const [header = ""] = text.split(/[\r\n]/, 1)
  if (/\.(ndjson|jsonl|json)$/.test(name)) {
    if (text === "") throw new ApiError("invalidRequest", `${basename(path)} is empty`)
    throw new ApiError("invalidRequest", `${basename(path)} is not JSON: it begins with "${header.slice(0, 40)}"`)
  }
  if (header.split(delimiterOf(header) === "blanks" ? /\s+/ : delimiterOf(header)).length > 1) return "csv"
  throw new ApiError(
    "invalidRequest",
    `cannot tell the format of ${basename(path)}; say --format csv, ndjson, json or parquet`,
  )
}

/** True if the first line is an object by itself; one longer than what was looked at is taken for such a line. */
function isJson(line: string, seen: number): boolean {
  if (line.length === seen && seen >= lookedAt) return true
  try {
    JSON.parse(line)
    return true
  } catch {
    return !/^\{\s*("[^"]*"\s*:\s*[[{]?\s*)?$/.test(line)
  }
}

export const openRows = (path: string, format: FileFormat): Promise<RowSource> => openByFormat[format](path)

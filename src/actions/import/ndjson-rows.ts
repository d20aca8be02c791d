import { createInterface } from "node:readline"
import { isTooDeep, maxJsonDepth } from "../../core/json-depth.ts"
import { type Row, type RowSource, rowsPerBatch } from "./rows.ts"
import { openText } from "./text-lines.ts"

const linesLookedAtForColumns = 200

/** Nested objects become dotted columns: `{ "properties": { "sku": 1 } }` has the column `properties.sku`. */
export function flatten(value: object, prefix = ""): Record<string, unknown> {
  const flat: Record<string, unknown> = {}
  for (const [key, inner] of Object.entries(value)) {
    const name = prefix + key
    if (inner !== null && typeof inner === "object" && !Array.isArray(inner)) {
      Object.assign(flat, flatten(inner, `${name}.`))
    } else flat[name] = inner
  }
  return flat
}

function readLine(text: string, line: number): Row {
  try {
    const value: unknown = JSON.parse(text)
    if (value === null || typeof value !== "object" || Array.isArray(value)) {
      return { line, fault: "not a JSON object" }
    }
    if (isTooDeep(value)) return { line, fault: `nests more than ${maxJsonDepth} levels deep` }
    return { line, values: flatten(value) }
  } catch (error) {
    return { line, fault: `not JSON: ${(error as Error).message}` }
  }
}

async function* readRows(bytes: NodeJS.ReadableStream): AsyncGenerator<Row[]> {
  let batch: Row[] = []
  let line = 0
  for await (const text of createInterface({ input: bytes, crlfDelay: Number.POSITIVE_INFINITY })) {
    line += 1
    const trimmed = text.replace(/^\uFEFF/, "").trim()
    if (trimmed === "") continue
    batch.push(readLine(trimmed, line))
    if (batch.length >= rowsPerBatch) {
      yield batch
      batch = []
    }
  }
  if (batch.length > 0) yield batch
}

async function columnsOf(path: string): Promise<string[]> {
  const columns = new Set<string>()
  const { bytes } = await openText(path)
  for await (const batch of readRows(bytes)) {
    for (const row of batch.slice(0, linesLookedAtForColumns)) {
      if ("values" in row) for (const name of Object.keys(row.values)) columns.add(name)
    }
    break
  }
  bytes.destroy()
  return [...columns]
}

export async function ndjsonRows(path: string): Promise<RowSource> {
  const columns = await columnsOf(path)
  const { bytes, fractionRead } = await openText(path)
  return { format: "ndjson", columns, rows: readRows(bytes), fractionRead }
}

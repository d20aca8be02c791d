import { basename } from "node:path"
import {
  type FileMetaData,
  type ParquetReadOptions,
  parquetMetadataAsync,
  parquetRead,
  parquetSchema,
  type SchemaTree,
} from "hyparquet"
import { asyncBufferFromFile } from "hyparquet/src/node.js"
import { compressors } from "hyparquet-compressors"
import { ApiError } from "../../core/problem/problem.ts"
import { rowsPerBatch } from "./in-batches.ts"
import { objectRows } from "./object-rows.ts"
import type { Row, RowSource } from "./row-source.ts"

type Columns = ReadonlyMap<string, readonly unknown[]>
type Values = Record<string, unknown>

/** One row group's columns, decoded, structs and lists put together; what is held in memory at a time. */
async function readGroup(options: ParquetReadOptions, rowStart: number, rowEnd: number): Promise<Columns> {
  const columns = new Map<string, unknown[]>()
  await parquetRead({
    ...options,
    rowStart,
    rowEnd,
    onChunk: ({ columnName, columnData, rowStart: chunkStart }) => {
      const column = columns.get(columnName) ?? new Array<unknown>(rowEnd - rowStart)
      columns.set(columnName, column)
      for (let index = 0; index < columnData.length; index++) column[chunkStart - rowStart + index] = columnData[index]
    },
  })
  return columns
}

/** Paths of columns whose times are wall-clock times: they name no instant until a time zone is chosen. */
function wallClockPaths({ element, children, path }: SchemaTree): string[] {
  const { logical_type: type } = element
  const own = type?.type === "TIMESTAMP" && !type.isAdjustedToUTC ? [path.join(".")] : []
  return [...own, ...children.flatMap(wallClockPaths)]
}

/** A decoded value as JSON would have it: times as text, big integers as numbers where they fit. */
function plainValue(value: unknown, path: string, wallClock: ReadonlySet<string>): unknown {
  if (value instanceof Date) {
    if (Number.isNaN(value.getTime())) return null
    return wallClock.has(path) ? value.toISOString().slice(0, -1) : value.toISOString()
  }
  if (typeof value === "bigint") return Number.isSafeInteger(Number(value)) ? Number(value) : value.toString()
  if (Array.isArray(value)) return value.map((inner) => plainValue(inner, `${path}.list.element`, wallClock))
  if (value === null || typeof value !== "object" || ArrayBuffer.isView(value)) return value
  const plain: Values = {}
  for (const [name, inner] of Object.entries(value)) plain[name] = plainValue(inner, `${path}.${name}`, wallClock)
  return plain
}

async function* readRows(
  options: ParquetReadOptions,
  metadata: FileMetaData,
  onRead: (rows: number) => void,
): AsyncGenerator<Row[]> {
  const schema = parquetSchema(metadata)
  const wallClock = new Set(schema.children.flatMap(wallClockPaths))
  const isFlat = schema.children.every(({ children }) => children.length === 0)
  let groupStart = 0
  for (const group of metadata.row_groups) {
    const groupEnd = groupStart + Number(group.num_rows)
    const columns = [...(await readGroup(options, groupStart, groupEnd))]
    for (let start = groupStart; start < groupEnd; start += rowsPerBatch) {
      const end = Math.min(start + rowsPerBatch, groupEnd)
      const batch: Row[] = []
      for (let row = start; row < end; row++) {
        const values: Values = {}
        for (const [name, data] of columns) values[name] = plainValue(data[row - groupStart], name, wallClock)
        if (isFlat) batch.push({ line: row + 1, values })
        else batch.push(...objectRows(values, row + 1))
      }
      onRead(end)
      yield batch
    }
    groupStart = groupEnd
  }
}

/** The columns of a file without structs and lists. */
function columnNames({ element, children }: SchemaTree): string[] {
  return children.length === 0 ? [element.name] : []
}

export async function parquetRows(path: string): Promise<RowSource> {
  const file = await asyncBufferFromFile(path)
  const metadata = await parquetMetadataAsync(file).catch((error: unknown) => {
    throw new ApiError("invalidRequest", `${basename(path)} is not whole Parquet: ${(error as Error).message}`)
  })
  const total = Number(metadata.num_rows)
  let read = 0
  return {
    format: "parquet",
    columns: parquetSchema(metadata).children.flatMap(columnNames),
    rows: readRows({ file, metadata, compressors }, metadata, (rows) => {
      read = rows
    }),
    fractionRead: () => (total === 0 ? 1 : read / total),
  }
}

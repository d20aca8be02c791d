import { type FileMetaData, type ParquetReadOptions, parquetMetadataAsync, parquetRead, parquetSchema } from "hyparquet"
import { asyncBufferFromFile } from "hyparquet/src/node.js"
import { compressors } from "hyparquet-compressors"
import { type Row, type RowSource, rowsPerBatch } from "./rows.ts"

type Columns = ReadonlyMap<string, readonly unknown[]>

/** One row group's columns, decoded; what is held in memory at a time. */
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

/** Columns whose times are wall-clock times: they name no instant until a time zone is chosen. */
function wallClockColumns(metadata: FileMetaData): Set<string> {
  const isWallClock = metadata.schema.filter(
    ({ logical_type: type }) => type?.type === "TIMESTAMP" && !type.isAdjustedToUTC,
  )
  return new Set(isWallClock.map(({ name }) => name))
}

function cell(value: unknown, isWallClock: boolean): unknown {
  if (value instanceof Date) return isWallClock ? value.toISOString().slice(0, -1) : value.toISOString()
  if (typeof value === "bigint") return Number.isSafeInteger(Number(value)) ? Number(value) : value.toString()
  return value
}

async function* readRows(
  options: ParquetReadOptions,
  metadata: FileMetaData,
  onRead: (rows: number) => void,
): AsyncGenerator<Row[]> {
  const wallClock = wallClockColumns(metadata)
  let groupStart = 0
  for (const group of metadata.row_groups) {
    const groupEnd = groupStart + Number(group.num_rows)
    const columns = [...(await readGroup(options, groupStart, groupEnd))]
    for (let start = groupStart; start < groupEnd; start += rowsPerBatch) {
      const end = Math.min(start + rowsPerBatch, groupEnd)
      const batch: Row[] = []
      for (let row = start; row < end; row++) {
        const cells = columns.map(([name, data]) => [name, cell(data[row - groupStart], wallClock.has(name))])
        batch.push({ line: row + 1, values: Object.fromEntries(cells) })
      }
      onRead(end)
      yield batch
    }
    groupStart = groupEnd
  }
}

export async function parquetRows(path: string): Promise<RowSource> {
  const file = await asyncBufferFromFile(path)
  const metadata = await parquetMetadataAsync(file)
  const total = Number(metadata.num_rows)
  let read = 0
  return {
    format: "parquet",
    columns: parquetSchema(metadata).children.map(({ element }) => element.name),
    rows: readRows({ file, metadata, compressors }, metadata, (rows) => {
      read = rows
    }),
    fractionRead: () => (total === 0 ? 1 : read / total),
  }
}

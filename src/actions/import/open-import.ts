import { access, constants } from "node:fs/promises"
import { ApiError } from "../../core/problem.ts"
import { type Mapping, type MappingRequest, mapColumns } from "./mapping.ts"
import { type FileFormat, formatOf, openRows, type Row, type RowSource } from "./rows.ts"

export interface ImportSource {
  path: string
  /** Absent: by the file's name. */
  format?: FileFormat
  mapping: MappingRequest
}

export interface OpenImport {
  source: RowSource
  mapping: Mapping
  /** The first batch, already read for a look at its values. */
  firstRows: readonly Row[]
  /** Every batch, the first included. */
  batches: AsyncIterable<readonly Row[]>
}

async function* startingWith<T>(first: T | undefined, rest: AsyncIterator<T>): AsyncGenerator<T> {
  if (first !== undefined) yield first
  yield* { [Symbol.asyncIterator]: () => rest }
}

/** Opens a file and settles how it is read; throws `notFound` or `invalidRequest` saying what to name. */
export async function openImport({
  path,
  format = formatOf(path),
  mapping: request,
}: ImportSource): Promise<OpenImport> {
  await access(path, constants.R_OK).catch(() => {
    throw new ApiError("notFound", `there is no readable file ${path}`)
  })
  if (format === undefined) {
    throw new ApiError(
      "invalidRequest",
      `cannot tell the format of ${path} by its name; say --format csv, ndjson or parquet`,
    )
  }
  const source = await openRows(path, format)
  const iterator = source.rows[Symbol.asyncIterator]()
  const first = await iterator.next()
  const firstRows = first.done ? [] : first.value
  const values = firstRows.flatMap((row) => ("values" in row ? [row.values] : []))
  const mapping = mapColumns(source.columns, values, request)
  return { source, mapping, firstRows, batches: startingWith(first.done ? undefined : first.value, iterator) }
}

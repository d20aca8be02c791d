import { access, constants } from "node:fs/promises"
import { basename } from "node:path"
import { ApiError } from "../../core/problem/problem.ts"
import { type Mapping, type MappingRequest, mapColumns, mappingOfCalls } from "./mapping.ts"
import { columnsOf } from "./object-rows.ts"
import type { FileFormat, Row, RowSource } from "./row-source.ts"
import { formatOf, openRows } from "./rows.ts"
import { settleRules } from "./settle-rules.ts"

export interface ImportSource {
  path: string
  /** Absent: by what the file holds. */
  format?: FileFormat
  mapping: MappingRequest
}

export interface OpenImport {
  source: RowSource
  /** All columns of the first rows. */
  columns: readonly string[]
  mapping: Mapping
  batches: AsyncIterable<readonly Row[]>
}

export interface OpenFile {
  source: RowSource
  columns: readonly string[]
  /** The first batch, already read for a look at its values. */
  firstRows: readonly Row[]
  /** Every batch, the first included. */
  batches: AsyncIterable<readonly Row[]>
}

async function* startingWith<T>(first: T | undefined, rest: AsyncIterator<T>): AsyncGenerator<T> {
  try {
    if (first !== undefined) yield first
    yield* { [Symbol.asyncIterator]: () => rest }
  } finally {
    await rest.return?.()
  }
}

/** Opens a file of rows; throws `notFound` or `invalidRequest` with its name. */
export async function openFile(path: string, said?: FileFormat): Promise<OpenFile> {
  await access(path, constants.R_OK).catch(() => {
    throw new ApiError("notFound", `there is no readable file ${path}`)
  })
  return naming(path, async () => {
    const source = await openRows(path, said ?? (await formatOf(path)))
    const iterator = source.rows[Symbol.asyncIterator]()
    const first = await iterator.next()
    const firstRows = first.done ? [] : first.value
    const columns = [...new Set([...source.columns, ...columnsOf(firstRows)])]
    return { source, columns, firstRows, batches: startingWith(first.done ? undefined : first.value, iterator) }
  })
}

/** Opens a file of events and settles how it is read; throws `notFound` or `invalidRequest` saying what to name. */
export async function openImport({ path, format, mapping: request }: ImportSource): Promise<OpenImport> {
  const { source, columns, firstRows, batches } = await openFile(path, format)
  return naming(path, async () => {
    if (firstRows.length > 0 && !firstRows.some((row) => "values" in row)) {
      if (firstRows.some((row) => "call" in row)) return { source, columns, mapping: mappingOfCalls(request), batches }
      const [row] = firstRows
      if (row !== undefined && "fault" in row) {
        throw new ApiError("invalidRequest", `no line can be read; line ${row.line}: ${row.fault}`)
      }
    }
    const mapping = mapColumns(columns, request)
    const again = await openRows(path, source.format)
    return { source, columns, mapping: await settleRules(again.rows, mapping), batches }
  })
}

/** Adds the file's name to the error of what cannot be done with it. */
async function naming<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (!(error instanceof ApiError) || error.message.includes(basename(path))) throw error
    throw new ApiError(error.code, `${basename(path)}: ${error.message}`)
  }
}

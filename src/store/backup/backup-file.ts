import { createReadStream, createWriteStream, existsSync } from "node:fs"
import { open, rename, rm } from "node:fs/promises"
import { pipeline } from "node:stream/promises"
import { createGunzip, createGzip } from "node:zlib"
import { z } from "zod"
import { ApiError } from "../../core/problem/problem.ts"

const magic = Buffer.from("BEFOREHAND BACKUP 1\n")
const prefixBytes = 5
const largestFrame = 64 * 1024 * 1024

const name = z.string().regex(/^[a-z_][a-z0-9_]*$/)
const bounds = z.string().regex(/^FOR VALUES FROM \((MINVALUE|'[\w :.+-]+')\) TO \('[\w :.+-]+'\)$/)

/** The first frame of a backup: what is needed to make the schema that its rows fit. */
const backupHeaderSchema = z.object({
  /** The version of Beforehand that made it. */
  version: z.string(),
  madeAt: z.iso.datetime(),
  /** `created_at` of each migration that the database had, in order, milliseconds since the epoch. */
  migrations: z.array(z.number().int()).min(1),
  partitions: z.array(z.object({ table: name, name, bounds, ownKey: name.nullable() })),
  sequences: z.array(z.object({ table: name, column: name, value: z.number().int(), isCalled: z.boolean() })),
})

export type BackupHeader = z.infer<typeof backupHeaderSchema>

const tableSchema = z.object({ table: name, columns: z.array(name).min(1) })
const tableEndSchema = z.object({ rows: z.number().int() })
const endSchema = z.object({ tables: z.number().int(), rows: z.number().int() })

/** A backup is a gzip of frames: one byte of kind, four of length, then JSON, or rows in PostgreSQL's text format for COPY. */
export type BackupFrame =
  | { kind: "header"; header: BackupHeader }
  | { kind: "table"; table: string; columns: string[] }
  | { kind: "rows"; bytes: Buffer }
  | { kind: "tableEnd"; rows: number }
  | { kind: "end"; tables: number; rows: number }

const letters = { header: "H", table: "T", rows: "D", tableEnd: "E", end: "Z" } as const satisfies Record<
  BackupFrame["kind"],
  string
>

function* encode(frame: BackupFrame): Generator<Buffer> {
  const { kind, ...content } = frame
  const payload =
    frame.kind === "rows" ? frame.bytes : Buffer.from(JSON.stringify(frame.kind === "header" ? frame.header : content))
  const prefix = Buffer.alloc(prefixBytes)
  prefix.write(letters[kind], 0)
  prefix.writeUInt32BE(payload.length, 1)
  yield prefix
  yield payload
}

/** Writes frames to a file that only its owner may read; it appears whole or not at all. */
export async function writeBackupFile(path: string, frames: AsyncIterable<BackupFrame>): Promise<void> {
  const partial = `${path}.partial`
  async function* bytes(): AsyncGenerator<Buffer> {
    yield magic
    for await (const frame of frames) yield* encode(frame)
  }
  await rm(partial, { force: true })
  try {
    await pipeline(bytes, createGzip({ level: 6 }), createWriteStream(partial, { flags: "wx", mode: 0o600 }))
    const file = await open(partial, "r+")
    await file.sync().finally(() => file.close())
    await rename(partial, path)
  } catch (error) {
    await rm(partial, { force: true })
    throw error
  }
}

/** Reads the frames of a backup; throws an `ApiError` that says what is wrong with a file that is none, damaged or cut short. */
export async function* readBackupFile(path: string): AsyncGenerator<BackupFrame> {
  if (!existsSync(path)) throw new ApiError("notFound", `there is no file ${path}`)
  const file = createReadStream(path)
  const unpacked = createGunzip()
  const reading = pipeline(file, unpacked).catch(() => {})
  let last: BackupFrame["kind"] | undefined
  try {
    const chunks = createByteReader(unpacked)
    const start = await chunks.take(magic.length)
    if (start === null || !start.equals(magic)) throw notABackup(path)
    for (;;) {
      const prefix = await chunks.take(prefixBytes)
      if (prefix === null) break
      const length = prefix.readUInt32BE(1)
      const payload = length > largestFrame ? null : await chunks.take(length)
      if (payload === null) throw damaged(path)
      const frame = decode(path, prefix.toString("latin1", 0, 1), payload)
      yield frame
      last = frame.kind
    }
    if (last !== "end") throw cutShort(path)
  } catch (error) {
    throw describeFault(path, error)
  } finally {
    file.destroy()
    unpacked.destroy()
    await reading
  }
}

function decode(path: string, letter: string, payload: Buffer): BackupFrame {
  if (letter === letters.rows) return { kind: "rows", bytes: payload }
  try {
    const content: unknown = JSON.parse(payload.toString())
    if (letter === letters.header) return { kind: "header", header: backupHeaderSchema.parse(content) }
    if (letter === letters.table) return { kind: "table", ...tableSchema.parse(content) }
    if (letter === letters.tableEnd) return { kind: "tableEnd", ...tableEndSchema.parse(content) }
    if (letter === letters.end) return { kind: "end", ...endSchema.parse(content) }
  } catch {}
  throw damaged(path)
}

interface ByteReader {
  /** Resolves to the next bytes, or to `null` where no whole such piece is left. */
  take(length: number): Promise<Buffer | null>
}

function createByteReader(stream: AsyncIterable<Buffer>): ByteReader {
  const chunks = stream[Symbol.asyncIterator]()
  let held: Buffer = Buffer.alloc(0)
  return {
    async take(length) {
      const pieces = [held]
      let have = held.length
      while (have < length) {
        const next = await chunks.next()
        if (next.done) return null
        pieces.push(next.value)
        have += next.value.length
      }
      const all = pieces.length === 1 ? held : Buffer.concat(pieces)
      held = all.subarray(length)
      return all.subarray(0, length)
    },
  }
}

const notABackup = (path: string) =>
  new ApiError("invalidRequest", `${path} is not a backup; name a file that "beforehand backup" wrote`)
const damaged = (path: string) =>
  new ApiError("invalidRequest", `${path} is damaged: its content does not match its checksum; use another backup`)
const cutShort = (path: string) =>
  new ApiError("invalidRequest", `${path} is cut short: its end is missing; copy it again or use another backup`)

function describeFault(path: string, error: unknown): unknown {
  const { code } = error as NodeJS.ErrnoException
  if (code === "Z_BUF_ERROR") return cutShort(path)
  if (code === "Z_DATA_ERROR")
    return (error as Error).message.includes("incorrect header check") ? notABackup(path) : damaged(path)
  return error
}

export interface BackupContent {
  header: BackupHeader
  rowsByTable: ReadonlyMap<string, number>
  rows: number
}

/** Reads a backup to its end without keeping it, and returns what it holds; throws where anything is missing or wrong. */
export async function inspectBackupFile(path: string, onBytes: (bytes: number) => void): Promise<BackupContent> {
  let header: BackupHeader | undefined
  let table: string | undefined
  let counted = 0
  let rows = 0
  const rowsByTable = new Map<string, number>()
  for await (const frame of readBackupFile(path)) {
    if (frame.kind === "header") header = frame.header
    else if (header === undefined) throw damaged(path)
    if (frame.kind === "table") [table, counted] = [frame.table, 0]
    if (frame.kind === "rows") {
      counted += countRows(frame.bytes)
      onBytes(frame.bytes.length)
    }
    if (frame.kind === "tableEnd") {
      if (table === undefined || counted !== frame.rows) throw damaged(path)
      rowsByTable.set(table, counted)
      rows += counted
    }
    if (frame.kind === "end" && (frame.rows !== rows || frame.tables !== rowsByTable.size)) throw damaged(path)
  }
  return { header: header!, rowsByTable, rows }
}

/** Returns the number of rows in a piece of COPY's text format, where a line feed only ends rows. */
export function countRows(bytes: Buffer): number {
  let count = 0
  for (let at = bytes.indexOf(10); at !== -1; at = bytes.indexOf(10, at + 1)) count += 1
  return count
}

import { createHash } from "node:crypto"
import { createReadStream } from "node:fs"
import { basename } from "node:path"
import { pipeline } from "node:stream/promises"
import { ApiError } from "../../core/problem/problem.ts"
import type { Rejection } from "./line.ts"
import { type MappingRequest, mappingOfCalls } from "./mapping.ts"
import { openFile } from "./open-import.ts"
import { RejectedFile } from "./rejected-file.ts"
import type { FileFormat, Row } from "./row-source.ts"
import { openRows } from "./rows.ts"
import { settleRules } from "./settle-rules.ts"
import { columnsByField } from "./statement-values.ts"
import { type StatementKind, type StatementReading, statementColumns } from "./statements.ts"

export interface StatementsRequest {
  path: string
  format?: FileFormat
  as: StatementKind
  mapping: Pick<MappingRequest, "timeZone" | "dateOrder" | "decimalMark">
  /** Absent: rejected lines are only counted. */
  rejectedFile?: string
}

export interface StatementsReport {
  as: StatementKind
  column: Readonly<Record<string, string>>
  linesRead: number
  /** Lines written, or as good as written already. */
  linesRecorded: number
  /** Lines of which something newer was known. */
  linesSuperseded: number
  linesRejected: Readonly<Record<string, number>>
  rejectionExamples: Readonly<Record<string, readonly Rejection[]>>
  rejectedFile: string | null
}

/** Result of each statement, in their order. */
export type Outcome = "recorded" | "superseded" | { refused: string }
/** Takes the statements of some lines; what is done with them is the caller's. */
export type Apply<T> = (statements: readonly T[]) => Promise<readonly Outcome[]>

/** Reader and writer of one kind of statement. */
export interface Reader<T> {
  read: (
    row: { line: number; values: Readonly<Record<string, unknown>> },
    how: StatementReading,
  ) => { good: T[] } | Rejection
  apply: Apply<T>
}

const examplesOfReason = 3
const mustHave: Readonly<Record<StatementKind, readonly (readonly string[])[]>> = {
  items: [["id"]],
  customers: [["userId", "email", "phone", "loyaltyCard", "anonymousId"]],
  consents: [
    ["userId", "email", "phone", "loyaltyCard", "anonymousId"],
    ["at"],
    ["purpose", "marketing", "service", "analytics", "unasked-parcel"],
  ],
}

/** Reads a file of statements line by line and applies them batch by batch. */
export async function readStatements<T>(
  { path, format, as, mapping: said, rejectedFile }: StatementsRequest,
  nowMs: number,
  onProgress: (fraction: number) => void,
  { read, apply }: Reader<T>,
): Promise<StatementsReport> {
  const { source, columns: names, batches } = await openFile(path, format)
  const columns = columnsByField(names, statementColumns[as])
  requireColumns(as, columns, names, path)
  const bare = { ...mappingOfCalls({ columns: {}, ...said }), ...said }
  const [at, price, quantity] = [columns.at ?? columns.updatedAt, columns.price ?? columns.priceCeiling, columns.stock]
  const used = { ...(at && { at }), ...(price && { price }), ...(quantity && { quantity }) }
  const again = await openRows(path, source.format)
  const mapping = await settleRules(again.rows, { ...bare, column: used })
  const how = {
    columns,
    mapping,
    source: `file ${basename(path)}`.slice(0, 200),
    fileDigest: await digestOf(path),
    nowMs,
  }

  const rejected = rejectedFile === undefined ? undefined : new RejectedFile(rejectedFile)
  const rejectionExamples: Record<string, Rejection[]> = {}
  const linesRejected: Record<string, number> = {}
  const refuse = async (rejections: readonly Rejection[]) => {
    for (const rejection of rejections) {
      const { reason } = rejection
      linesRejected[reason] = (linesRejected[reason] ?? 0) + 1
      const examples = rejectionExamples[reason] ?? []
      if (examples.length < examplesOfReason) rejectionExamples[reason] = [...examples, rejection]
    }
    await rejected?.write(rejections)
  }
  const counts = { linesRead: 0, linesRecorded: 0, linesSuperseded: 0 }
  for await (const batch of batches) {
    counts.linesRead += batch.length
    const lines = batch.map((row) => ({ line: row.line, told: readRow(row, how, read) }))
    await refuse(lines.flatMap(({ told }) => ("good" in told ? [] : [told])))
    const statements = lines.flatMap(({ line, told }) =>
      "good" in told ? told.good.map((good) => ({ line, good })) : [],
    )
    const outcomes = await apply(statements.map(({ good }) => good))
    const ended = new Map<number, Outcome>()
    statements.forEach(({ line }, n) => {
      const known = ended.get(line)
      if (known === undefined || known === "superseded") ended.set(line, outcomes[n]!)
    })
    for (const [line, outcome] of ended) {
      if (outcome === "recorded") counts.linesRecorded += 1
      else if (outcome === "superseded") counts.linesSuperseded += 1
      else await refuse([{ line, reason: "refusedByIngest", message: outcome.refused }])
    }
    onProgress(source.fractionRead())
  }
  return {
    as,
    column: columns,
    ...counts,
    linesRejected,
    rejectionExamples,
    rejectedFile: (await rejected?.close()) ?? null,
  }
}

function readRow<T>(row: Row, how: StatementReading, read: Reader<T>["read"]): { good: T[] } | Rejection {
  if ("values" in row) return read(row, how)
  return { line: row.line, reason: "unreadable", message: "fault" in row ? row.fault : "is a tracking call" }
}

function requireColumns(
  as: StatementKind,
  columns: StatementReading["columns"],
  names: readonly string[],
  path: string,
) {
  for (const fields of mustHave[as]) {
    if (fields.some((field) => columns[field] !== undefined)) continue
    throw new ApiError(
      "invalidRequest",
      `${basename(path)}: no column looks like ${fields.join(", ")}; rename one. The columns are ${names.join(", ")}`,
    )
  }
}

async function digestOf(path: string): Promise<string> {
  const hash = createHash("sha256")
  await pipeline(createReadStream(path), hash)
  return hash.digest("hex")
}

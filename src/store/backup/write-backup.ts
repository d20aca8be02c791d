import type postgres from "postgres"
import { ApiError } from "../../core/problem/problem.ts"
import { type BackupFrame, type BackupHeader, countRows, writeBackupFile } from "./backup-file.ts"
import { openCopyConnection } from "./copy-connection.ts"

export interface BackupOptions {
  databaseUrl: string
  path: string
  /** Of this package. */
  version: string
  nowMs: number
  onProgress: (told: { table: string; rows: number }) => void
}

export interface BackupReport {
  tables: number
  rows: number
}

type Transaction = postgres.TransactionSql

/**
 * Writes all tables of a database, as one moment saw them, to a file; the database goes on being read and written. Sequences are
 * read after that moment, so none falls behind its rows.
 */
export async function writeBackup(options: BackupOptions): Promise<BackupReport> {
  const client = openCopyConnection(options.databaseUrl)
  let failure: unknown
  try {
    return await client.begin("isolation level repeatable read read only", async (transaction) => {
      try {
        const tables = await tablesOf(transaction)
        const report = { tables: 0, rows: 0 }
        await writeBackupFile(options.path, framesOf(transaction, tables, options, report))
        return report
      } catch (error) {
        failure = error
        // A copy that nobody reads on would keep the connection, and the rollback, waiting.
        await client.end({ timeout: 0 })
        throw error
      }
    })
  } catch (error) {
    throw failure ?? error
  } finally {
    await client.end({ timeout: 0 })
  }
}

async function* framesOf(
  transaction: Transaction,
  tables: readonly string[],
  { version, nowMs, onProgress }: BackupOptions,
  report: BackupReport,
): AsyncGenerator<BackupFrame> {
  yield { kind: "header", header: await headerOf(transaction, { version, nowMs }) }
  for (const table of tables) {
    const columns = await columnsOf(transaction, table)
    yield { kind: "table", table, columns }
    const list = columns.map((column) => `"${column}"`).join(", ")
    let rows = 0
    for await (const bytes of copyOut(transaction, `select ${list} from "${table}"`)) {
      rows += countRows(bytes)
      onProgress({ table, rows })
      yield { kind: "rows", bytes }
    }
    yield { kind: "tableEnd", rows }
    report.tables += 1
    report.rows += rows
  }
  yield { kind: "end", ...report }
}

async function* copyOut(transaction: Transaction, query: string): AsyncGenerator<Buffer> {
  const stream = await transaction.unsafe(`copy (${query}) to stdout`).readable()
  yield* stream as AsyncIterable<Buffer>
  // Where the last piece fills the stream's buffer, the driver pauses its socket and forgets it; its read goes on with it.
  stream._read(0)
}

/** Locks and returns the tables, those before that others refer to; not partitions, nor one that is being dropped. */
async function tablesOf(transaction: Transaction): Promise<string[]> {
  const rows = await transaction<{ name: string; references: string[] }[]>`
    select relname as name, array_to_json(array(
      select confrelid::regclass::text from pg_constraint where conrelid = pg_class.oid and contype = 'f' and confrelid <> conrelid
    )) as references
    from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') and not relispartition
      and relname !~ '_until_[0-9]{8}$'
    order by relname`
  if (rows.length === 0) throw new ApiError("notFound", "this database holds no tables of Beforehand")
  await transaction.unsafe(`lock table ${rows.map(({ name }) => `"${name}"`).join(", ")} in access share mode`)
  const ordered: string[] = []
  while (ordered.length < rows.length) {
    const next = rows.find(
      ({ name, references }) => !ordered.includes(name) && references.every((other) => ordered.includes(other)),
    )
    if (next === undefined) throw new Error("tables refer to each other in a circle")
    ordered.push(next.name)
  }
  return ordered
}

async function columnsOf(transaction: Transaction, table: string): Promise<string[]> {
  const rows = await transaction<{ name: string }[]>`
    select attname as name from pg_attribute
    where attrelid = ${`public."${table}"`}::regclass and attnum > 0 and not attisdropped and attgenerated = '' order by attnum`
  return rows.map(({ name }) => name)
}

async function headerOf(
  transaction: Transaction,
  { version, nowMs }: { version: string; nowMs: number },
): Promise<BackupHeader> {
  const migrations = await transaction<{ createdAt: string }[]>`
    select created_at as "createdAt" from drizzle.__drizzle_migrations order by created_at`
  const partitions = await transaction<BackupHeader["partitions"]>`
    select parent.relname as table, child.relname as name, pg_get_expr(child.relpartbound, child.oid) as bounds,
      (select attname from pg_index join pg_attribute on attrelid = indrelid and attnum = indkey[0]
        where indrelid = child.oid and indisprimary
          and not exists (select from pg_index where indrelid = parent.oid and indisprimary)) as "ownKey"
    from pg_inherits join pg_class child on inhrelid = child.oid join pg_class parent on inhparent = parent.oid
    where child.relkind = 'r' and parent.relnamespace = 'public'::regnamespace and not inhdetachpending
    order by child.relname`
  const owned = await transaction<{ table: string; column: string; sequence: string }[]>`
    select relname as table, attname as column, pg_get_serial_sequence(quote_ident(relname), attname) as sequence
    from pg_class join pg_attribute on attrelid = pg_class.oid
    where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') and not relispartition and attnum > 0
      and pg_get_serial_sequence(quote_ident(relname), attname) is not null
    order by relname, attname`
  const sequences: BackupHeader["sequences"] = []
  for (const { table, column, sequence } of owned) {
    const [row] = await transaction.unsafe<{ value: string; isCalled: boolean }[]>(
      `select last_value as value, is_called as "isCalled" from ${sequence}`,
    )
    sequences.push({ table, column, value: Number(row!.value), isCalled: row!.isCalled })
  }
  return {
    version,
    madeAt: new Date(nowMs).toISOString(),
    migrations: migrations.map(({ createdAt }) => Number(createdAt)),
    partitions: [...partitions],
    sequences,
  }
}

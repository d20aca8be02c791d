import { once } from "node:events"
import { basename } from "node:path"
import type postgres from "postgres"
import { ApiError } from "../../core/problem/problem.ts"
import { connect } from "../database/database.ts"
import { readDatabaseAddress, siblingUrl } from "../database/database-address.ts"
import { migrate, migrateTo } from "../database/migrate.ts"
import { knownMigrations } from "../database/migrations.ts"
import { type BackupContent, type BackupHeader, inspectBackupFile, readBackupFile } from "./backup-file.ts"
import { openCopyConnection } from "./copy-connection.ts"

export interface RestoreOptions {
  databaseUrl: string
  path: string
  /** Result of `checkBackup` for the file; it is checked first where this is left out. */
  checked?: BackupContent
  /** True if a database that holds something may be replaced. */
  mayReplace: boolean
  onStep: (text: string) => void
  onProgress: (told: { table: string; rows: number }) => void
}

export interface RestoreReport {
  header: BackupHeader
  tables: number
  rows: number
  /** Number of migrations applied on top, because this version has more. */
  migrated: number
}

/** Reads a backup through; throws where it is damaged, cut short, or made by a newer version than this. */
export async function checkBackup(path: string, onStep: (text: string) => void): Promise<BackupContent> {
  onStep(`Checking ${basename(path)}`)
  const content = await inspectBackupFile(path, () => {})
  const known = knownMigrations()
  const unknown = content.header.migrations.filter((createdAt) => !known.includes(createdAt))
  if (unknown.length > 0)
    throw new ApiError(
      "conflict",
      `${path} was made by version ${content.header.version}, whose database has ${unknown.length} migrations that this version ` +
        "does not know; restore it with that version or a newer one",
    )
  return content
}

/**
 * Restores a backup: into a new database beside the one of the URL, which it replaces in one step once every row is counted and
 * this version's migrations are applied. Whatever fails before leaves the old one as it was.
 */
export async function restoreBackup(options: RestoreOptions): Promise<RestoreReport> {
  const { databaseUrl, path, onStep } = options
  const target = readDatabaseAddress(databaseUrl).database
  const content = options.checked ?? (await checkBackup(path, onStep))
  const administrator = openCopyConnection(siblingUrl(databaseUrl, "postgres"))
  const partial = `${target}_restoring`
  try {
    await assertReplaceable(administrator, options)
    await administrator`drop database if exists ${administrator(partial)}`
    await createDatabase(administrator, partial)
    try {
      const migrated = await fill(siblingUrl(databaseUrl, partial), content, options)
      await replace(administrator, { target, partial })
      return { header: content.header, tables: content.rowsByTable.size, rows: content.rows, migrated }
    } catch (error) {
      await administrator`drop database if exists ${administrator(partial)}`
      throw error
    }
  } finally {
    await administrator.end()
  }
}

async function assertReplaceable(
  administrator: postgres.Sql,
  { databaseUrl, mayReplace }: RestoreOptions,
): Promise<void> {
  const target = readDatabaseAddress(databaseUrl).database
  const [existing] = await administrator`select from pg_database where datname = ${target}`
  if (!existing) return
  await assertUnused(administrator, target)
  const client = openCopyConnection(databaseUrl)
  try {
    const [row] = await client<{ tables: number }[]>`
      select count(*)::int as tables from pg_class join pg_namespace on pg_namespace.oid = relnamespace
      where relkind in ('r', 'p') and nspname !~ '^pg_' and nspname <> 'information_schema'`
    if (row!.tables > 0 && !mayReplace)
      throw new ApiError(
        "conflict",
        `the database ${target} already holds ${row!.tables} tables; restore into an empty DATA_DIR or database, or add --force ` +
          "to replace what it holds",
      )
  } finally {
    await client.end()
  }
}

async function assertUnused(administrator: postgres.Sql, target: string): Promise<void> {
  const [row] = await administrator<{ connections: number }[]>`
    select count(*)::int as connections from pg_stat_activity where datname = ${target} and backend_type = 'client backend'`
  if (row!.connections > 0) throw inUse(target)
}

const inUse = (target: string) =>
  new ApiError(
    "conflict",
    `the database ${target} is in use; stop the service and whatever else is connected, then restore`,
  )

async function createDatabase(administrator: postgres.Sql, name: string): Promise<void> {
  try {
    await administrator`create database ${administrator(name)}`
  } catch (error) {
    if ((error as { code?: string }).code !== "42501") throw error
    throw new ApiError(
      "conflict",
      "the account of DATABASE_URL may not create databases, which a restore needs; grant it CREATEDB",
    )
  }
}

/** Makes the schema of then, copies every row, counts, and brings the schema to today's; returns how many migrations that took. */
async function fill(
  url: string,
  { header, rowsByTable }: BackupContent,
  { path, onStep, onProgress }: RestoreOptions,
): Promise<number> {
  onStep(`Making the schema of version ${header.version}, ${header.migrations.length} migrations`)
  const connection = connect(url)
  const client = openCopyConnection(url)
  try {
    await migrateTo(connection.database, header.migrations.at(-1)!)
    await remakePartitions(client, header)
    onStep("Copying rows")
    // What triggers wrote once is in the backup too.
    await setTriggers(client, "disable")
    await copyRows(client, path, onProgress)
    await setTriggers(client, "enable")
    await setSequences(client, header)
    onStep("Counting rows")
    for (const [table, rows] of rowsByTable) await assertCount(client, table, rows)
    const known = knownMigrations()
    const missing = known.filter((createdAt) => !header.migrations.includes(createdAt)).length
    if (missing > 0) onStep(`Applying ${missing} migrations of this version`)
    await migrate(connection.database)
    await assertMigrated(client, known)
    await client`analyze`
    return missing
  } finally {
    await client.end()
    await connection.close()
  }
}

/** Partitions made by the migrations are of today; those of the backup hold its rows. */
async function remakePartitions(client: postgres.Sql, { partitions }: BackupHeader): Promise<void> {
  await client.unsafe(`
    do $$ declare made regclass; begin
      for made in select inhrelid::regclass from pg_inherits join pg_class on pg_class.oid = inhrelid where relkind = 'r' loop
        execute 'drop table ' || made;
      end loop;
    end $$`)
  for (const { table, name, bounds, ownKey } of partitions) {
    await client.unsafe(`create table "${name}" (like "${table}" including defaults)`)
    if (ownKey !== null) await client.unsafe(`alter table "${name}" add primary key ("${ownKey}")`)
    await client.unsafe(`alter table "${table}" attach partition "${name}" ${bounds}`)
  }
}

async function setTriggers(client: postgres.Sql, state: "disable" | "enable"): Promise<void> {
  const tables = await client<{ name: string }[]>`
    select distinct tgrelid::regclass::text as name from pg_trigger join pg_class on pg_class.oid = tgrelid
    where not tgisinternal and relnamespace = 'public'::regnamespace`
  for (const { name } of tables) await client.unsafe(`alter table ${name} ${state} trigger user`)
}

async function copyRows(client: postgres.Sql, path: string, onProgress: RestoreOptions["onProgress"]): Promise<void> {
  let table = ""
  let rows = 0
  let copy: Copy | undefined
  for await (const frame of readBackupFile(path)) {
    if (frame.kind === "table") {
      table = frame.table
      const list = frame.columns.map((column) => `"${column}"`).join(", ")
      // What migrations wrote of themselves is in the backup too.
      await client.unsafe(`delete from "${table}"`)
      copy = await beginCopy(client, `copy "${table}" (${list}) from stdin`)
    }
    if (frame.kind === "rows") await copy!.write(frame.bytes)
    if (frame.kind === "tableEnd") {
      await copy!.end()
      rows += frame.rows
      onProgress({ table, rows })
    }
  }
}

interface Copy {
  write(bytes: Buffer): Promise<void>
  end(): Promise<void>
}

/** Begins a COPY; whatever the server refuses of its rows, at any time, rejects the next call. */
async function beginCopy(client: postgres.Sql, statement: string): Promise<Copy> {
  const query = client.unsafe(statement)
  // Once the stream is there the driver rejects a promise that nobody can hear any more.
  const settled = query as unknown as { reject(error: unknown): void }
  const failed = new Promise<never>((_, reject) => {
    settled.reject = reject
  })
  failed.catch(() => {})
  const stream = await Promise.race([failed, query.writable()])
  stream.on("error", () => {})
  return {
    async write(bytes) {
      if (!stream.write(bytes)) await Promise.race([failed, once(stream, "drain")])
    },
    end: () =>
      Promise.race([
        failed,
        new Promise<void>((resolve, reject) => {
          stream.end((error?: Error | null) => (error ? reject(error) : resolve()))
        }),
      ]),
  }
}

async function setSequences(client: postgres.Sql, { sequences }: BackupHeader): Promise<void> {
  for (const { table, column, value, isCalled } of sequences)
    await client`select setval(pg_get_serial_sequence(${`"${table}"`}, ${column}), ${value}, ${isCalled})`
}

async function assertCount(client: postgres.Sql, table: string, rows: number): Promise<void> {
  const [row] = await client.unsafe<{ rows: string }[]>(`select count(*) as rows from "${table}"`)
  if (Number(row!.rows) !== rows)
    throw new Error(`${table} holds ${row!.rows} rows after the restore, and the backup has ${rows}`)
}

async function assertMigrated(client: postgres.Sql, known: readonly number[]): Promise<void> {
  const rows = await client<{ createdAt: string }[]>`select created_at as "createdAt" from drizzle.__drizzle_migrations`
  const applied = rows.map(({ createdAt }) => Number(createdAt))
  const missing = known.filter((createdAt) => !applied.includes(createdAt)).length
  if (missing > 0) throw new Error(`${missing} migrations were not applied after the restore`)
}

/** Puts the restored database in the place of the old one in one transaction, and drops the old one. */
async function replace(
  administrator: postgres.Sql,
  { target, partial }: { target: string; partial: string },
): Promise<void> {
  const old = `${target}_replaced`
  await administrator`drop database if exists ${administrator(old)}`
  try {
    await administrator.begin(async (transaction) => {
      const [existing] = await transaction`select from pg_database where datname = ${target}`
      if (existing) await transaction`alter database ${transaction(target)} rename to ${transaction(old)}`
      await transaction`alter database ${transaction(partial)} rename to ${transaction(target)}`
    })
  } catch (error) {
    if ((error as { code?: string }).code === "55006") throw inUse(target)
    throw error
  }
  await administrator`drop database if exists ${administrator(old)}`
}

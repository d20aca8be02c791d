import { setTimeout as sleep } from "node:timers/promises"
import { sql } from "drizzle-orm"
import type postgres from "postgres"
import { tryLockUntilCommit } from "./advisory-lock.ts"
import { createIndexConcurrently, isConcurrentIndex } from "./create-index.ts"
import { type Database, waitForLocks } from "./database.ts"
import { type Migration, readMigrations } from "./migrations.ts"
import { retryLocks } from "./retry-locks.ts"
import { mayChangeSchema, readSchemaState, refusingMigration, schemaAhead, schemaBehind } from "./schema-state.ts"

export interface MigrateOptions {
  migrations?: readonly Migration[]
  onStep?: (text: string) => void
}

type Transaction = Parameters<Parameters<Database["transaction"]>[0]>[0]
type OnStep = NonNullable<MigrateOptions["onStep"]>

/** Within a transaction: nothing but the work itself decides how long it lasts. */
const withoutDeadlines = sql`
  select set_config('statement_timeout', '0', true), set_config('lock_timeout', '0', true),
    set_config('idle_in_transaction_session_timeout', '0', true)`

/**
 * Applies the pending migrations and returns their names; of processes that start together one applies them and the others wait for
 * it. Others may read and write meanwhile: a migration waits a moment for a lock, gives way to whoever queues behind it, and tries
 * again. One that fails is undone as a whole, and the next call begins with it.
 */
export async function migrate(
  database: Database,
  { migrations = readMigrations(), onStep = () => {} }: MigrateOptions = {},
): Promise<string[]> {
  // In a transaction for each attempt: an index that the holder makes concurrently waits for the end of every one that asked a thing.
  for (;;) {
    const applied = await database.transaction(async (holdingTheLock) => {
      await holdingTheLock.execute(withoutDeadlines)
      if (!(await tryLockUntilCommit(holdingTheLock, "migrations"))) return null
      await createJournal(database)
      const { pending } = await readSchemaState(database, migrations)
      for (const group of groupsOf(pending)) await applyGroup(database, group, onStep)
      return pending.map(({ name }) => name)
    })
    if (applied !== null) return applied
    await sleep(betweenAttemptsMs)
  }
}

const betweenAttemptsMs = 100

/** Brings the schema of an empty database to what it was after the migration made at `lastMs`. */
export async function migrateTo(database: Database, lastMs: number): Promise<void> {
  await migrate(database, { migrations: readMigrations().filter(({ madeAt }) => madeAt <= lastMs) })
}

/**
 * Returns if the database is current or has migrations pending that this process may apply. Throws a `SchemaMismatch` where it may
 * not apply them, or where only newer code may serve the schema.
 */
export async function checkSchema(database: Database, mayMigrate: boolean): Promise<"current" | "pending"> {
  const known = readMigrations()
  const state = await readSchemaState(database, known)
  const refusing = refusingMigration(state, known)
  if (refusing !== null) throw schemaAhead(state, refusing, known)
  if (state.pending.length === 0) return "current"
  if (!mayMigrate || !(await mayChangeSchema(database))) throw schemaBehind(state)
  return "pending"
}

/** Makes sure that this version may serve the database: applies what is pending where it may; throws as `checkSchema` does. */
export async function prepareSchema(database: Database, { mayMigrate }: { mayMigrate: boolean }): Promise<void> {
  if ((await checkSchema(database, mayMigrate)) === "pending") await migrate(database)
}

/** Made apart, because making a schema that is there already takes rights that its owner may lack. */
async function createJournal(database: Database): Promise<void> {
  const [row] = await database.execute<{ exists: boolean }>(
    sql`select to_regclass('drizzle.__drizzle_migrations') is not null as exists`,
  )
  if (row!.exists) return
  await database.execute(sql`create schema if not exists drizzle`)
  await database.execute(sql`
    create table if not exists drizzle.__drizzle_migrations (id serial primary key, hash text not null, created_at bigint)`)
}

/** Migrations that are applied or undone together: those that state no compatibility have nothing between them to serve. */
function groupsOf(pending: readonly Migration[]): Migration[][] {
  const groups: Migration[][] = []
  for (const migration of pending) {
    const last = groups.at(-1)
    if (last !== undefined && migration.compatibility === null && last[0]!.compatibility === null) last.push(migration)
    else groups.push([migration])
  }
  return groups
}

async function applyGroup(database: Database, group: readonly Migration[], onStep: OnStep): Promise<void> {
  for (const { name } of group) onStep(`Applying ${name}`)
  if (group[0]!.compatibility?.isConcurrent) {
    await runOutsideTransactions(database, group[0]!, onStep)
    return inTransaction(database, onStep, (transaction) => record(transaction, group[0]!))
  }
  await inTransaction(database, onStep, async (transaction) => {
    for (const migration of group) {
      for (const statement of migration.statements) await transaction.execute(sql.raw(statement))
      await record(transaction, migration)
    }
  })
}

async function runOutsideTransactions(database: Database, { statements }: Migration, onStep: OnStep): Promise<void> {
  const { $client: client } = database as Database & { $client: postgres.Sql }
  const connection = await client.reserve()
  const run = (statement: string) => connection.unsafe(statement)
  const lock = (statement: string) =>
    untilFree(onStep, async () => {
      await run("begin")
      try {
        await run(`set local lock_timeout = ${lockWaitMs}`)
        await run(statement)
        await run("commit")
      } catch (error) {
        await run("rollback")
        throw error
      }
    })
  try {
    await run("set statement_timeout = 0")
    await run("set lock_timeout = 0")
    for (const statement of statements)
      if (isConcurrentIndex(statement)) await createIndexConcurrently(statement, run, lock)
      else await run(statement)
  } finally {
    await run("reset statement_timeout")
    await run("reset lock_timeout")
    connection.release()
  }
}

async function record(transaction: Transaction, { name, hash, madeAt, compatibility }: Migration): Promise<void> {
  await transaction.execute(sql`
    insert into drizzle.__drizzle_migrations (hash, created_at) values (${hash}, ${madeAt})`)
  if (compatibility !== null)
    await transaction.execute(sql`
      insert into drizzle.schema_compatibility (migration, made_at, oldest_code)
      values (${name}, ${madeAt}, ${compatibility.oldestCode})`)
}

/** Milliseconds to wait for a lock; whoever comes later waits behind it for as long. */
const lockWaitMs = 100
const untilFree = (onStep: OnStep, work: () => Promise<unknown>) =>
  retryLocks(work, {
    mostTries: 300,
    longestPauseMs: 2000,
    onWait: () => onStep("  waiting for a lock that others hold"),
  })

const inTransaction = (database: Database, onStep: OnStep, work: (transaction: Transaction) => Promise<unknown>) =>
  untilFree(onStep, () =>
    database.transaction(async (transaction) => {
      await transaction.execute(withoutDeadlines)
      await transaction.execute(waitForLocks(lockWaitMs))
      await work(transaction)
    }),
  )

import type { Command } from "commander"
import { ApiError } from "../core/problem/problem.ts"
import { isoDay } from "../core/time/iso-day.ts"
import { connect, type Database } from "../store/database/database.ts"
import { serviceGrants } from "../store/database/grants.ts"
import { migrate } from "../store/database/migrate.ts"
import { type Migration, readMigrations } from "../store/database/migrations.ts"
import { createPartitionStore } from "../store/database/partitions.ts"
import { readSchemaState, refusingMigration, type SchemaState, schemaAhead } from "../store/database/schema-state.ts"
import { assertDatabaseExists, type DatabaseTools, withDatabase } from "./with-database.ts"

const partitionsAheadDays = 90

/** Returns what `--check` prints of a database that this version may serve or bring up to date. */
function checkText({ newest, pending, unknown }: SchemaState, known: readonly Migration[]): string {
  if (pending.length > 0) {
    const at = newest === null ? "the database has no schema yet" : `the database has the schema of ${newest.name}`
    return [`${at}; pending:`, ...pending.map(({ name }) => `  ${name}`)].join("\n")
  }
  return unknown.length === 0
    ? `the schema is current: ${newest!.name}`
    : `the schema of ${newest!.name} is newer than this version, which knows ${known.at(-1)!.name} and may serve beside it`
}

async function applyAll(database: Database, { progress, print }: DatabaseTools): Promise<void> {
  const applied = await migrate(database, { onStep: progress.step })
  const partitions = createPartitionStore(database)
  const now = await partitions.now()
  await partitions.createUpcoming(now, partitionsAheadDays)
  const state = await readSchemaState(database, readMigrations())
  const schema = checkText(state, readMigrations())
  const done = applied.length === 0 ? schema : `applied ${applied.length}, ${schema}`
  print(`${done}; partitions are there until ${isoDay(await partitions.endsAt())}`)
}

interface MigrateFlags {
  check: boolean
  grants?: string
}

/** Adds `migrate`. */
export function describeMigrate(command: Command, tools: DatabaseTools): void {
  const { environment, print } = tools
  command
    .description("bring the database's schema to this version, and make partitions 90 days ahead")
    .option("--check", "change nothing; list what is pending, and exit with 1 if anything is", false)
    .option("--grants <role>", "change nothing; print the SQL that lets a role serve without owning the tables")
    .addHelpText(
      "after",
      `
A start does the same where its role owns the tables, unless MIGRATE=off; a start with any other role needs
a current schema, and waits for it. Give migrate a DATABASE_URL that leads to PostgreSQL itself, not to a
pooler in transaction mode. Servers go on answering meanwhile.

Examples:
  $ beforehand migrate --check
  $ DATABASE_URL=postgres://owner@… beforehand migrate
  $ beforehand migrate --grants beforehand_service | psql "$DATABASE_URL"`,
    )
    .action(async ({ check, grants }: MigrateFlags) => {
      if (grants !== undefined) return print(serviceGrants(grants).trimEnd())
      const surroundings = environment()
      assertDatabaseExists(surroundings)
      await withDatabase(surroundings, async (url) => {
        const { database, close } = connect(url, { connections: 4 })
        try {
          const known = readMigrations()
          const state = await readSchemaState(database, known)
          const refusing = refusingMigration(state, known)
          if (refusing !== null) throw schemaAhead(state, refusing, known)
          if (!check) return await applyAll(database, tools)
          print(checkText(state, known))
          if (state.pending.length > 0) process.exitCode = 1
        } finally {
          await close()
        }
      })
    })
}

/** Adds `partitions`. */
export function describePartitions(command: Command, { environment, print }: DatabaseTools): void {
  command
    .description("create partitions 90 days ahead and drop expired ones, where the service may not")
    .addHelpText(
      "after",
      `
A service whose role owns the tables does this by itself every hour. Where it has no more than the rights
of "beforehand migrate --grants", run this once a day with the role that owns them, and with the lifetimes
(EVENTS_DAYS, DECISIONS_DAYS, MESSAGES_DAYS) of the service.

Example:
  $ DATABASE_URL=postgres://owner@… beforehand partitions`,
    )
    .action(async () => {
      const surroundings = environment()
      assertDatabaseExists(surroundings)
      await withDatabase(surroundings, async (url) => {
        const { database, close } = connect(url, { connections: 4 })
        try {
          const partitions = createPartitionStore(database)
          if (!(await partitions.mayChange()))
            throw new ApiError(
              "forbidden",
              "the role of DATABASE_URL does not own the tables; give the URL of the one that does",
            )
          const now = await partitions.now()
          const made = await partitions.createUpcoming(now, partitionsAheadDays)
          const dropped = await partitions.dropOld(now, surroundings.config.lifetimes)
          print(
            `made ${made.length}, dropped ${dropped.length}; partitions are there until ${isoDay(await partitions.endsAt())}`,
          )
        } finally {
          await close()
        }
      })
    })
}

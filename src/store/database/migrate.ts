import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { sql } from "drizzle-orm"
import { migrate as applyMigrations } from "drizzle-orm/postgres-js/migrator"
import { type Database, waitForLocks } from "./database.ts"

const migrationsFolder = fileURLToPath(new URL("../../../drizzle", import.meta.url))
const migrationLock = 7_263_001

/** Brings the schema up to date; of processes that start together one migrates and the others wait for it. */
export async function migrate(database: Database): Promise<void> {
  await database.transaction(async (holdingTheLock) => {
    await holdingTheLock.execute(waitForLocks)
    await holdingTheLock.execute(sql`select pg_advisory_xact_lock(${migrationLock})`)
    await applyMigrations(database, { migrationsFolder })
  })
}

interface Journal {
  entries: readonly { when: number }[]
}

const journalIn = (folder: string) => join(folder, "meta/_journal.json")
const readJournal = (): Journal => JSON.parse(readFileSync(journalIn(migrationsFolder), "utf8"))

/** Returns when each migration of this version was made, in order, milliseconds since the epoch: what a database records of it. */
export const knownMigrations = (): number[] => readJournal().entries.map(({ when }) => when)

/** Brings the schema of an empty database to what it was after the migration made at `lastMs`. */
export async function migrateTo(database: Database, lastMs: number): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "beforehand-migrations-"))
  try {
    cpSync(migrationsFolder, folder, { recursive: true })
    const journal = readJournal()
    const entries = journal.entries.filter(({ when }) => when <= lastMs)
    writeFileSync(journalIn(folder), JSON.stringify({ ...journal, entries }))
    await applyMigrations(database, { migrationsFolder: folder })
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

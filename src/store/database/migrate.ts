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

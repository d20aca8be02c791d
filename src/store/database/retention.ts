import { sql } from "drizzle-orm"
import { dataInventory } from "./data-inventory.ts"
import type { Database } from "./database.ts"

/** A table whose rows are deleted by their age. */
export type AgedTable = (typeof agedTables)[number]

/** Tables whose rows are deleted one by one by their age, as the data inventory says. */
export const agedTables = dataInventory.flatMap(({ name, lifetime }) =>
  lifetime.kind === "rows" ? [{ name, ...lifetime }] : [],
)

export interface RetentionStore {
  /** Deletes at most `limit` rows of a table that are older than a moment and free to go; returns how many. */
  deleteExpired(table: AgedTable, beforeMs: number, limit: number): Promise<number>
}

export const createRetentionStore = (database: Database): RetentionStore => ({
  async deleteExpired({ name, since, where }, beforeMs, limit) {
    const table = sql.identifier(name)
    const isExpired = sql`${sql.identifier(since)} < to_timestamp(${beforeMs}::float8 / 1000)
      and ${where === undefined ? sql`true` : sql`(${where})`}`
    // The condition stands twice: a row that was changed while it was waited for is judged as it is now.
    const deleted = await database.execute(sql`
      delete from ${table} where ctid = any(array(select ctid from ${table} where ${isExpired} limit ${limit}))
        and ${isExpired} returning 1`)
    return deleted.length
  },
})

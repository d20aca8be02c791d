import { sql } from "drizzle-orm"
import { dataInventory } from "./data-inventory.ts"
import type { Database } from "./database.ts"
import { toTimestamp } from "./epoch.ts"

/** A table whose rows are deleted by their age. */
export type AgedTable = (typeof agedTables)[number]

/** Tables whose rows are deleted one by one by their age, as the data inventory says. */
export const agedTables = dataInventory.flatMap(({ name, keyColumns, lifetime }) =>
  lifetime.kind === "rows" ? [{ name, keyColumns, ...lifetime }] : [],
)

export interface RetentionStore {
  /** Deletes at most `limit` rows of a table that are older than a moment and free to go; returns how many. */
  deleteExpired(table: AgedTable, beforeMs: number, limit: number): Promise<number>
}

export const createRetentionStore = (database: Database): RetentionStore => ({
  async deleteExpired({ name, keyColumns, since, where, index }, beforeMs, limit) {
    const table = sql.identifier(name)
    const isExpired = sql`${sql.identifier(since)} < ${toTimestamp(beforeMs)}
      and ${where === undefined ? sql`true` : sql`(${where})`}`
    // The condition stands twice: a row that was changed while it was waited for is judged as it is now.
    const key = sql.join(
      keyColumns.map((column) => sql.identifier(column)),
      sql`, `,
    )
    const expired = sql`
      delete from ${table} where (${key}) in (select ${key} from ${table} where ${isExpired} limit ${limit}) and ${isExpired}`
    if (index === undefined) return (await database.execute(sql`${expired} returning 1`)).length
    const [deleted] = await database.execute<{ count: number }>(sql`
      with expired as (${expired} returning id),
      indexed as (delete from ${sql.identifier(index)} where id in (select id from expired))
      select count(*)::int as count from expired`)
    return deleted!.count
  },
})

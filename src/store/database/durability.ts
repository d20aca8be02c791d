import { sql } from "drizzle-orm"
import type { Database } from "./database.ts"

export interface Durability {
  fsync: string
  fullPageWrites: string
  synchronousCommit: string
}

/** Server settings by which an acknowledged write survives a crash; `/health` shows it. */
export async function readDurability(database: Database): Promise<Durability> {
  const [row] = await database.execute<{ [K in keyof Durability]: string }>(sql`
    select current_setting('fsync') as "fsync", current_setting('full_page_writes') as "fullPageWrites",
      current_setting('synchronous_commit') as "synchronousCommit"`)
  return row!
}

export const isDurable = (durability: Durability) => Object.values(durability).every((value) => value !== "off")

/**
 * Has a transaction that writes nothing else commit like one that does: after all earlier commits, on disk and on a synchronous standby. What
 * it found, such as a message told twice, may be of a commit that nobody confirmed.
 */
export const confirmEarlierCommits = (transaction: Pick<Database, "execute">) =>
  transaction.execute(sql`select pg_logical_emit_message(true, 'beforehand', '')`)

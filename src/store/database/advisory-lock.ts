import { sql } from "drizzle-orm"
import type { Database } from "./database.ts"

/** The key of each advisory lock of PostgreSQL that is taken here; 7263003 is that of customers, in SQL functions. */
const lockKeys = { migrations: 7_263_001, partitions: 7_263_002, offers: 7_263_004 } as const

/** Waits until this transaction has the lock, which ends with it; for how long is the transaction's own `lock_timeout`. */
export async function lockUntilCommit(
  transaction: Pick<Database, "execute">,
  name: keyof typeof lockKeys,
): Promise<void> {
  await transaction.execute(sql.raw(`select pg_advisory_xact_lock(${lockKeys[name]})`))
}

/** The same without waiting; false where another has it. */
export async function tryLockUntilCommit(
  transaction: Pick<Database, "execute">,
  name: keyof typeof lockKeys,
): Promise<boolean> {
  // As text: a statement with parameters keeps its snapshot, and an index made concurrently would wait for that for ever.
  const [row] = await transaction.execute<{ locked: boolean }>(
    sql.raw(`select pg_try_advisory_xact_lock(${lockKeys[name]}) as locked`),
  )
  return row!.locked
}

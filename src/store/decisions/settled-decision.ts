import { type SQL, sql } from "drizzle-orm"
import type { Database } from "../database/database.ts"
import { epochMs, toTimestamp } from "../database/epoch.ts"

/** Keys of a decision's row: its customer and its time. */
export interface SettledDecision {
  id: string
  customerId: string
  /** Milliseconds since the epoch. */
  at: number
}

/** Returns whose decision it is, or `null`. Waits for who merges or erases its customer, and later ones wait for this transaction. */
export async function settledDecision(
  transaction: Pick<Database, "execute">,
  id: string,
): Promise<SettledDecision | null> {
  const [row] = await transaction.execute<{ customerId: string | null; at: number }>(sql`
    select owner as "customerId", ${epochMs("made_at")} as at from settled_decision(${id})`)
  return row?.customerId ? { id, customerId: row.customerId, at: row.at } : null
}

/** The same without waiting: a merge or an erasure may end between this and the next statement. */
export async function findDecision(database: Pick<Database, "execute">, id: string): Promise<SettledDecision | null> {
  const [row] = await database.execute<Omit<SettledDecision, "id"> & Record<string, unknown>>(sql`
    select customer_id as "customerId", ${epochMs("at")} as at from decision_index where id = ${id}`)
  return row ? { id, ...row } : null
}

/** The condition that picks its row of `decisions`. */
export const isDecision = ({ id, customerId, at }: SettledDecision): SQL =>
  sql`decisions.customer_id = ${customerId} and decisions.at = ${toTimestamp(at)}::timestamptz(3) and decisions.id = ${id}`

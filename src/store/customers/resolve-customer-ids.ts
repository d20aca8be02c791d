import { sql } from "drizzle-orm"
import type { Database } from "../database/database.ts"

export interface CustomerLookup {
  customerId: string
  /** True if they had a profile; then there must still be one. */
  customerKnown?: boolean
}

/**
 * Returns the id that rows of each customer are to be written under: of a merged customer, that of whom they became; an erased one
 * has none. Waits for merges and erasures under way, and later ones wait for this transaction. It is no part of the statement that
 * writes, because it reads customers.
 */
export async function resolveCustomerIds(
  transaction: Pick<Database, "execute">,
  customers: readonly CustomerLookup[],
): Promise<Map<string, string>> {
  if (customers.length === 0) return new Map()
  const known = new Map(customers.map(({ customerId, customerKnown = false }) => [customerId, customerKnown]))
  const asked = JSON.stringify([...known].map(([id, isKnown]) => ({ id, known: isKnown })))
  const rows = await transaction.execute<{ id: string; standing: string | null }>(sql`
    select id, standing_customer(id, known) as standing
    from (select * from json_to_recordset(${asked}::json) as given(id uuid, known boolean) order by id) given`)
  return new Map(rows.flatMap(({ id, standing }) => (standing === null ? [] : [[id, standing]])))
}

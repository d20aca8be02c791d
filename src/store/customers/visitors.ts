import { sql } from "drizzle-orm"
import type { Identifier } from "../../core/customer/identifier.ts"
import type { Database } from "../database/database.ts"
import { retryConflicts } from "../database/database-errors.ts"
import { toTimestamp } from "../database/epoch.ts"
import { uuidArray } from "../database/uuid-array.ts"
import { deleteCustomerRows } from "./customer-tables.ts"
import { derivedId } from "./derived-id.ts"

export interface VisitorStore {
  /**
   * Looks at the `limit` profiles after a customer id and erases those of visitors without an event since a moment. A visitor is a
   * customer known by devices alone who has neither given nor refused consent. Returns how many were erased and the last id looked
   * at, `null` at the end of the table.
   */
  eraseExpired(page: { beforeMs: number; after: string | null; limit: number }): Promise<ErasedVisitors>
}

interface ErasedVisitors {
  erased: number
  last: string | null
}

export function createVisitorStore(database: Database, secret: Uint8Array): VisitorStore {
  const idOf = (identifier: Identifier) => derivedId(secret, identifier)
  return {
    async eraseExpired({ beforeMs, after, limit }) {
      const before = toTimestamp(beforeMs)
      const isExpired = sql`merged_into is null and consents = '{}' and updated_at < ${before}
        and not exists (select from contacts own where own.customer_id = profiles.customer_id and own.updated_at >= ${before})`
      const page = await database.execute<{ id: string; expired: boolean }>(sql`
        select customer_id as id, ${isExpired} as expired from profiles
        where ${after}::uuid is null or customer_id > ${after}::uuid order by customer_id limit ${limit}`)
      const quiet = page.flatMap(({ id, expired }) => (expired ? [id] : []))
      const named = await namedAmong(database, quiet)
      let erased = 0
      for (const id of quiet) {
        if (named.has(id)) continue
        const isErased = await retryConflicts(() =>
          database.transaction(async (transaction) => {
            const locked = await transaction.execute(sql`
              select 1 from profiles where customer_id = ${id} and ${isExpired} for update`)
            if (locked.length === 0 || (await namedAmong(transaction, [id])).has(id)) return false
            await deleteCustomerRows(transaction, id, idOf)
            return true
          }),
        )
        if (isErased) erased++
      }
      return { erased, last: page.length < limit ? null : page.at(-1)!.id }
    },
  }
}

/** Returns the customers among these who are known by more than devices. */
async function namedAmong(
  database: Pick<Database, "execute">,
  customerIds: readonly string[],
): Promise<ReadonlySet<string>> {
  if (customerIds.length === 0) return new Set()
  const rows = await database.execute<{ id: string }>(sql`
    select distinct customer_id as id from identifiers
    where customer_id = any(${uuidArray(customerIds)}) and type <> 'anonymousId'`)
  return new Set(rows.map(({ id }) => id))
}

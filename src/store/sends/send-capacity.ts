import { type SQL, sql } from "drizzle-orm"
import type { Database } from "../database/database.ts"

type Transaction = Pick<Database, "execute">

/** Amount of one capacity that a send reserves. */
export interface SendCapacity {
  sendId: string
  key: string
}

/** Expiry of a send's reserved capacity: it never lapses, a transition releases it. */
export const neverExpires = Date.UTC(9999, 0, 1)

const asked = (holds: readonly SendCapacity[]) =>
  sql`json_to_recordset(${JSON.stringify(holds)}::json) as asked("sendId" uuid, key text)`

/** Turns capacity reserved by sends into use. */
export const useSendCapacity = (transaction: Transaction, holds: readonly SendCapacity[]): Promise<void> =>
  endHolds(transaction, holds, sql`held = held - ended.amount, used = used + ended.amount`)

/** Releases capacity reserved by sends. */
export const releaseSendCapacity = (transaction: Transaction, holds: readonly SendCapacity[]): Promise<void> =>
  endHolds(transaction, holds, sql`held = held - ended.amount`)

async function endHolds(transaction: Transaction, holds: readonly SendCapacity[], change: SQL) {
  if (holds.length === 0) return
  await transaction.execute(sql`
    with deleted as (
      delete from supply_holds using ${asked(holds)}
      where supply_holds.decision_id = asked."sendId" and supply_holds.key = asked.key
      returning supply_holds.key, amount
    ),
    ended as (select key, sum(amount) as amount from deleted group by key)
    update supplies set ${change} from ended where supplies.key = ended.key`)
}

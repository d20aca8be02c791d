import { sql } from "drizzle-orm"
import { lockProfilesOf, type Profile } from "../customers/profiles.ts"
import type { Database } from "../database/database.ts"
import { Conflict } from "../database/database-errors.ts"
import { uuidArray } from "../database/uuid-array.ts"
import { placesOf, type SendPlace } from "./send-index.ts"
import { type StoredSend, sendColumns } from "./send-rows.ts"

type Transaction = Pick<Database, "execute">

/** Locks the customers of sends in id order, then the sends; throws `Conflict` where one of them went elsewhere meanwhile. */
export async function lockSends(
  transaction: Transaction,
  ids: readonly string[],
): Promise<{ sends: StoredSend[]; profiles: Map<string, Profile> }> {
  const places = await placesOf(transaction, ids)
  // Sent together; the sends are read once the locks of their customers are held.
  const [profiles, sends] = await Promise.all([
    lockProfilesOf(
      transaction,
      places.map(({ customerId }) => customerId),
    ),
    lockSendRows(transaction, places),
  ])
  if (sends.length < places.length || !sends.every(({ customerId }) => profiles.has(customerId)))
    throw new Conflict("a customer was merged meanwhile")
  return { sends, profiles }
}

/** Returns the sends of an index's rows, locked; those that were deleted or merged meanwhile are left out. */
async function lockSendRows(transaction: Transaction, places: readonly SendPlace[]): Promise<StoredSend[]> {
  if (places.length === 0) return []
  const sorted = [...places].sort((a, b) => (a.id < b.id ? -1 : 1))
  const customerIds = uuidArray(sorted.map(({ customerId }) => customerId))
  const rows = await transaction.execute<StoredSend & Record<string, unknown>>(
    sql`select ${sendColumns} from lock_sends(${customerIds}, ${uuidArray(sorted.map(({ id }) => id))})`,
  )
  return [...rows]
}

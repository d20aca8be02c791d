import { sql } from "drizzle-orm"
import type { Database } from "../database/database.ts"
import { type StoredSend, selectSends } from "./send-rows.ts"

/** Keys of a send's row. */
export interface SendPlace {
  id: string
  customerId: string
}

/** Returns where the sends of some ids are; unknown ones are left out. */
export async function placesOf(database: Pick<Database, "execute">, ids: readonly string[]): Promise<SendPlace[]> {
  const rows = await database.execute<SendPlace & Record<string, unknown>>(sql`
    select id, customer_id as "customerId" from send_index
    where id in (select given.id::uuid from json_array_elements_text(${JSON.stringify(ids)}::json) as given(id))`)
  return [...rows]
}

/** Returns a send; where a merge moves it meanwhile, it is looked for again. */
export async function readSend(database: Pick<Database, "execute">, id: string): Promise<StoredSend | null> {
  const [place] = await placesOf(database, [id])
  if (place === undefined) return null
  const [send] = await selectSends(database, sql`where customer_id = ${place.customerId} and id = ${id}`)
  if (send !== undefined) return send
  const [moved] = await placesOf(database, [id])
  return moved === undefined || moved.customerId === place.customerId ? null : readSend(database, id)
}

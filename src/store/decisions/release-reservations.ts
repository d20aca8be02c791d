import { sql } from "drizzle-orm"
import { lockProfilesOf } from "../customers/profiles.ts"
import { lockSendCapacity } from "../sends/lock-send-capacity.ts"
import { releaseSendCapacity } from "../sends/send-capacity.ts"
import { selectSends, updateSends } from "../sends/send-rows.ts"
import type { Transaction } from "../sends/send-transition.ts"

/** Takes back reservations that nobody used; the sends are approved as before, and reserved anew where that is still possible. Their contacts lapse by themselves. */
export async function releaseReservations(
  transaction: Transaction,
  ids: readonly string[],
  nowMs: number,
): Promise<number> {
  const asked = sql`id in (select given.id::uuid from json_array_elements_text(${JSON.stringify(ids)}::json) as given(id))`
  const owners = await transaction.execute<{ id: string }>(
    sql`select distinct customer_id as id from sends where ${asked}`,
  )
  await lockProfilesOf(
    transaction,
    owners.map(({ id }) => id),
  )
  const late = sql`where ${asked} and state = 'reserved' and resolve_by <= to_timestamp(${nowMs}::float8 / 1000)`
  const sends = await selectSends(transaction, sql`${late} order by id for update`)
  await releaseSendCapacity(transaction, await lockSendCapacity(transaction, sends, nowMs))
  const released = sends.map(({ times: { reserved: _, ...times }, ...send }) => ({
    ...send,
    state: "approved" as const,
    times,
    vetoUntil: null,
    resolveBy: null,
  }))
  await updateSends(transaction, released)
  return released.length
}

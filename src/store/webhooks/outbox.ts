import { sql } from "drizzle-orm"
import { resolveCustomerIds } from "../customers/resolve-customer-ids.ts"
import type { Database } from "../database/database.ts"
import { columnToTimestamp } from "../database/epoch.ts"

/** Message that reports a change to webhook endpoints. */
export interface OutboxMessage {
  /** Messages of one subject, such as a send or a decision, go out one after another. */
  subject: string
  /** Such as `send.dispatched`. */
  type: string
  /** Customer it concerns, so that it is exported and erased with them; `null`: nobody in particular. */
  customerId: string | null
  /** Time when it happened, milliseconds since the epoch. */
  at: number
  /** JSON, the `data` of the webhook's body. */
  payload: Readonly<Record<string, unknown>>
  /** A second message of the same key is not written. */
  dedupKey?: string
}

/**
 * Writes messages in the transaction of the change they tell, one delivery for each endpoint that wants their type. The order of a
 * subject is that of these calls, so call it while the subject's own row is locked. Returns how many were not known before.
 */
export async function enqueue(
  transaction: Pick<Database, "execute">,
  messages: readonly OutboxMessage[],
): Promise<number> {
  if (messages.length === 0) return 0
  const standing = await resolveCustomerIds(
    transaction,
    messages.flatMap(({ customerId }) => (customerId === null ? [] : [{ customerId }])),
  )
  const rows = messages.map(({ subject, type, customerId, at, payload, dedupKey }, place) => ({
    place,
    subject,
    type,
    customerId: customerId && standing.get(customerId)!,
    at,
    dedupKey: dedupKey ?? null,
    body: JSON.stringify({ type, timestamp: new Date(at).toISOString(), data: payload }),
  }))
  const [written] = await transaction.execute<{ count: number }>(sql`
    with given as materialized (
      select gen_random_uuid() as id, asked.*
      from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as asked(
        place int, subject text, type text, "customerId" uuid, at float8, "dedupKey" text, body text)
    ),
    written as (
      insert into webhook_messages (id, customer_id, subject, type, body, dedup_key, created_at)
      select id, "customerId", subject, type, body, "dedupKey", ${columnToTimestamp("at")} from given order by place
      on conflict do nothing returning id
    ),
    addressed as materialized (
      select given.id, endpoint.id as endpoint_id, given.subject, given.place
      from written join given using (id)
      join webhook_endpoints endpoint on endpoint.disabled_at is null
        and (endpoint.types is null or endpoint.types ? given.type)
    ),
    queues as (select distinct endpoint_id, subject from addressed),
    -- Locked, so that whoever ends the last one is behind us and sees what follows it, or before us and is seen to have ended it.
    waited_for as materialized (
      select queues.endpoint_id, queues.subject from queues cross join lateral (
        select sequence from webhook_deliveries earlier
        where earlier.endpoint_id = queues.endpoint_id and earlier.subject = queues.subject and state <> 'delivered'
        order by sequence desc limit 1 for share
      ) last
    ),
    queued as (
      insert into webhook_deliveries (message_id, endpoint_id, subject, due_at, first)
      select id, endpoint_id, subject, now(),
        row_number() over (partition by endpoint_id, subject order by place) = 1
          and not exists (select from waited_for where (waited_for.endpoint_id, waited_for.subject) = (addressed.endpoint_id, addressed.subject))
      from addressed order by place
    )
    select count(*)::int as count from written`)
  return written!.count
}

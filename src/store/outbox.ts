import { sql } from "drizzle-orm"
import type { Database } from "./database.ts"

/** What others are to be told of a change. */
export interface OutboxMessage {
  /** Messages of one subject, such as a send or a decision, go out one after another. */
  subject: string
  /** Such as `send.dispatched`. */
  type: string
  /** Whom it concerns, so that it is exported and erased with them; `null`: nobody in particular. */
  customerId: string | null
  /** When it happened, milliseconds since the epoch. */
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
  const rows = messages.map(({ subject, type, customerId, at, payload, dedupKey }, place) => ({
    place,
    subject,
    type,
    customerId,
    at,
    dedupKey: dedupKey ?? null,
    body: JSON.stringify({ type, timestamp: new Date(at).toISOString(), data: payload }),
  }))
  const [written] = await transaction.execute<{ count: number }>(sql`
    with given as materialized (
      select gen_random_uuid() as id, settled_customer("customerId") as customer_id, asked.*
      from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as asked(
        place int, subject text, type text, "customerId" uuid, at float8, "dedupKey" text, body text)
    ),
    written as (
      insert into webhook_messages (id, customer_id, subject, type, body, dedup_key, created_at)
      select id, customer_id, subject, type, body, "dedupKey", to_timestamp(at / 1000) from given order by place
      on conflict do nothing returning id
    ),
    addressed as (
      insert into webhook_deliveries (message_id, endpoint_id, subject, due_at)
      select given.id, endpoint.id, given.subject, now()
      from written join given using (id)
      join webhook_endpoints endpoint on endpoint.disabled_at is null
        and (endpoint.types is null or endpoint.types ? given.type)
      order by given.place
    )
    select count(*)::int as count from written`)
  return written!.count
}

import { sql } from "drizzle-orm"
import type { Database } from "./database.ts"
import type { Decision } from "./decisions.ts"
import type { Reservation } from "./schema.ts"

export interface DecisionEntry {
  decision: Decision
  reservation: Reservation | undefined
}

const dayMs = 86_400_000
const rememberedMs = 30 * dayMs

/**
 * Writes decisions and, under each contact row's lock, what they reserve, in one statement. A reservation that expired unused,
 * or was used longer ago than any contact policy looks back, is dropped when the row is next written. A customer who is being
 * merged is waited for, so that no row stays behind under an id that ended.
 */
export async function writeDecisions(
  database: Pick<Database, "execute">,
  entries: readonly DecisionEntry[],
): Promise<void> {
  const nowMs = Math.max(...entries.map(({ decision }) => decision.at))
  const rows = JSON.stringify(entries.map(({ decision, reservation }) => ({ ...decision, reservation })))
  await database.execute(sql`
    with given as materialized (
      select settled_customer("customerId") as customer_id, asked.* from (
        select * from jsonb_to_recordset(${rows}::jsonb) as given(
          "customerId" uuid, at float8, id uuid, verb text, placement text, channel text, kind text, "offerId" text,
          "releaseId" uuid, "policyVersion" text, trace jsonb, "expiresAt" float8, "activatedAt" float8, reservation jsonb)
        order by "customerId"
      ) asked
    ),
    indexed as (
      insert into decision_index (id, customer_id, at) select id, customer_id, to_timestamp(at / 1000) from given
    ),
    reserved as (
      insert into contacts (customer_id, reservations, updated_at)
      select customer_id, jsonb_agg(reservation order by id), to_timestamp(${nowMs}::float8 / 1000) from given
      where reservation is not null group by customer_id order by customer_id
      on conflict (customer_id) do update set version = contacts.version + 1, updated_at = excluded.updated_at,
        reservations = coalesce((
          select jsonb_agg(held) from jsonb_array_elements(contacts.reservations) held
          where case when held ->> 'activatedAt' is null then (held ->> 'expiresAt')::float8 > ${nowMs}::float8
            else (held ->> 'activatedAt')::float8 > ${nowMs - rememberedMs}::float8 end
        ), '[]') || excluded.reservations
    )
    insert into decisions (customer_id, at, id, verb, placement, channel, kind, offer_id, release_id, policy_version, trace, expires_at, activated_at)
    select customer_id, to_timestamp(at / 1000), id, verb, placement, channel, kind, "offerId", "releaseId", "policyVersion", trace,
      to_timestamp("expiresAt" / 1000), to_timestamp("activatedAt" / 1000) from given`)
}

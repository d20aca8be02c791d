import { sql } from "drizzle-orm"
import { eventTable, meaningOf } from "../../core/history/event-table.ts"

const placing = JSON.stringify(Object.keys(eventTable).filter((name) => meaningOf(name).order === "placed"))

/**
 * Condition for a row of `events` that counts: it is no claim, or it is the claim of an order whose number a trusted source has told without
 * saying what was ordered.
 */
export const counts = sql`(events.trust is null or (${placing}::jsonb ? events.name and (
  select coalesce(bool_and(not ${placing}::jsonb ? told.name or told.lines = '[]'), false) from events told
  where told.customer_id = events.customer_id and told.trust is null
    and told.properties->>'orderId' = events.properties->>'orderId')))`

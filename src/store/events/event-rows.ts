import { type SQL, sql } from "drizzle-orm"
import type { Event } from "../../core/history/event.ts"
import { readEventName } from "../../core/history/event-name.ts"
import type { Channel } from "../../core/schema/channel.ts"
import { normalizeItemId } from "../../core/schema/item-id.ts"
import type { Database } from "../database/database.ts"
import { epochMs, toTimestamp } from "../database/epoch.ts"
import type { CustomerEvent } from "./event-types.ts"

interface EventRow extends Omit<CustomerEvent, "channel" | "trust" | "givenName">, Record<string, unknown> {
  channel: Channel | null
  trust: Event["trust"] | null
  givenName: string | null
}

const rowsPerRead = 5000

/** Events that meet a condition, by customer, time and message id, in batches that bound memory. */
export async function* eventsInOrder(
  database: Pick<Database, "execute">,
  condition: SQL,
): AsyncGenerator<CustomerEvent[]> {
  let passed = sql`true`
  while (true) {
    const rows = await database.execute<EventRow>(sql`
      select customer_id as "customerId", message_id as "messageId", name, lines, channel, properties, trust, given_name as "givenName",
        ${epochMs("at")} as at
      from events where ${condition} and ${passed}
      order by customer_id, at, message_id limit ${rowsPerRead}`)
    if (rows.length > 0) yield rows.map(toEvent)
    const last = rows.at(-1)
    if (last === undefined || rows.length < rowsPerRead) return
    passed = sql`(customer_id, at, message_id) >
      (${last.customerId}::uuid, ${toTimestamp(last.at)}, ${last.messageId})`
  }
}

/** Events recorded before a spelling was understood are read under the name and with the items that they would have today. */
function toEvent({ channel, trust, givenName, ...event }: EventRow): CustomerEvent {
  const { name } = readEventName(event.name, { hasProduct: event.lines.length > 0 })
  const given = givenName ?? (name === event.name ? null : event.name)
  return {
    ...event,
    name,
    lines: event.lines.map((line) => ({ ...line, itemId: normalizeItemId(line.itemId) })),
    ...(channel && { channel }),
    ...(trust && { trust }),
    ...(given !== null && { givenName: given }),
  }
}

import { sql } from "drizzle-orm"
import type { Logger } from "pino"
import { identifierKey, normalizeIdentifier } from "../../core/customer/identifier.ts"
import type { IncomingEvent } from "../../core/history/event.ts"
import type { ItemDayCount } from "../../core/history/item-interest.ts"
import { ApiError } from "../../core/problem/problem.ts"
import { dayMs } from "../../core/time/durations.ts"
import { refoldProfiles } from "../customers/refold-profiles.ts"
import { type Connection, lockTimeoutMs, waitForLocks, withLockTimeout } from "../database/database.ts"
import { isRowToBlame, mayBeOneItem, retryConflicts } from "../database/database-errors.ts"
import { epochMs, toTimestamp } from "../database/epoch.ts"
import { createGroupCommit } from "../database/group-commit.ts"
import { writeAt } from "../database/partitions.ts"
import { counts } from "./claimed-events.ts"
import { eventsInOrder } from "./event-rows.ts"
import type { CustomerEvent, EventResult, IngestOptions } from "./event-types.ts"
import { type Ingestion, ingestGroup } from "./ingest.ts"

export interface EventStore {
  /** Group-committed with whatever else arrives at the moment; resolved when on disk. */
  ingest(events: readonly IncomingEvent[], options: IngestOptions): Promise<EventResult[]>
  /** For bulk: one transaction, histories left as they are; `refold` the customers after it. */
  append(events: readonly IncomingEvent[], options: Omit<IngestOptions, "deriveVector">): Promise<EventResult[]>
  /** Folds the customers anew from their stored events. */
  refold(customerIds: readonly string[], deriveVector: IngestOptions["deriveVector"]): Promise<void>
  /** Customers after `afterCustomerId` in id order, forwarding rows left out. */
  customerIds(afterCustomerId: string | null, limit: number): Promise<string[]>
  /** All events that count before `until` (milliseconds since the epoch) in batches, ordered by customer, time and message id. */
  readAll(until: number): AsyncIterable<CustomerEvent[]>
  /** The time of the newest event; `null` when there is none. */
  latestAt(): Promise<number | null>
  /** Counts the events of each item by name and day, over the newest 100,000 events. */
  countItems(): Promise<ItemDayCount[]>
  /** True if any event was ever stored. */
  isEmpty(): Promise<boolean>
}

const maxGroup = 500
const maxWaiting = 10_000
const newestCounted = 100_000
/** Age up to which an event is tried again while others lock its customer; what it waits for a lock then ends within a call's 2 s. */
const patienceMs = 1000

export function createEventStore(
  { database, writing }: Pick<Connection, "database" | "writing">,
  secret: Uint8Array,
  log: Logger,
): EventStore {
  const inTime = (group: readonly Ingestion[], write: () => Promise<EventResult[]>) =>
    writeAt(database, group[0]!.receivedAt, () => retryConflicts(write))
  const submit = createGroupCommit<Ingestion, EventResult>({
    flush: (group) =>
      inTime(group, () => writing.transaction((transaction) => ingestGroup(transaction, secret, group))),
    maxGroup,
    maxWaiting,
    laneOf: ({ mayMerge }) => (mayMerge ? "server" : "public"),
    mayBeOneItem,
    locks: {
      keyOf: ({ event }) => identifierKey(normalizeIdentifier(event.identifiers[0]!)),
      patienceMs,
      flush: (group) =>
        inTime(group, () =>
          writing.transaction((transaction) =>
            withLockTimeout(transaction, lockTimeoutMs.answer, () => ingestGroup(transaction, secret, group)),
          ),
        ),
    },
  })
  const submitAlone = async (ingestion: Ingestion): Promise<EventResult> => {
    try {
      return await submit(ingestion)
    } catch (error) {
      if (error instanceof ApiError) throw error
      log.error({ err: error }, "failed to record an event")
      if (!isRowToBlame(error))
        throw new ApiError("unavailable", "the database refuses to record events; send this again", {
          retryAfterSeconds: 5,
        })
      return {
        messageId: ingestion.event.messageId,
        status: "rejected",
        reason: "this event could not be recorded; the server's log says why",
      }
    }
  }
  return {
    ingest(events, { mayMerge, receivedAt, deriveVector }) {
      const foldWith = { deriveVector }
      return Promise.all(events.map((event) => submitAlone({ event, mayMerge, receivedAt, foldWith })))
    },

    async append(events, { mayMerge, receivedAt }) {
      if (events.length === 0) return []
      const group = events.map((event) => ({ event, mayMerge, receivedAt, foldWith: null }))
      return inTime(group, () =>
        database.transaction(async (transaction) => {
          await transaction.execute(waitForLocks(0))
          return ingestGroup(transaction, secret, group)
        }),
      )
    },

    refold: (customerIds, deriveVector) =>
      retryConflicts(() =>
        database.transaction((transaction) => refoldProfiles(transaction, customerIds, deriveVector)),
      ),

    async customerIds(afterCustomerId, limit) {
      const rows = await database.execute<{ id: string }>(sql`
        select customer_id as id from profiles
        where merged_into is null and (${afterCustomerId}::uuid is null or customer_id > ${afterCustomerId}::uuid)
        order by customer_id limit ${limit}`)
      return rows.map(({ id }) => id)
    },

    readAll: (until) => eventsInOrder(database, sql`at < ${toTimestamp(until)} and ${counts}`),

    async latestAt() {
      const [row] = await database.execute<{ at: number | null }>(sql`select ${epochMs("max(at)")} as at from events`)
      return row!.at
    },

    async countItems() {
      const rows = await database.execute<ItemDayCount & Record<string, unknown>>(sql`
        select line ->> 'itemId' as "itemId", name, floor(${epochMs("at")} / ${dayMs})::int as day, count(*)::int as count
        from (select name, at, lines from events where ${counts} order by at desc limit ${newestCounted}) newest,
          jsonb_array_elements(lines) line
        group by 1, 2, 3`)
      return [...rows]
    },

    async isEmpty() {
      const [row] = await database.execute<{ empty: boolean }>(sql`select not exists (select from events) as empty`)
      return row!.empty
    },
  }
}

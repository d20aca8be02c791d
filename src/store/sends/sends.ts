import { sql } from "drizzle-orm"
import { openStates, type SendState } from "../../core/history/send-state.ts"
import { lowestId } from "../../core/ids/uuid.ts"
import type { Database } from "../database/database.ts"
import { retryConflicts } from "../database/database-errors.ts"
import { toTimestamp } from "../database/epoch.ts"
import { writeAt } from "../database/partitions.ts"
import { releaseReservations } from "../decisions/release-reservations.ts"
import { readSend } from "./send-index.ts"
import { insertSends, type StoredSend, selectSends } from "./send-rows.ts"
import type { TransitionOrder, TransitionResult } from "./send-transition.ts"
import { transitionSends } from "./transition-sends.ts"

interface SendFilter {
  planId: string
  state?: SendState | undefined
  /** The id of the last of the page before. */
  after?: string | undefined
  limit: number
}

export interface SendStore {
  insert(sends: readonly StoredSend[]): Promise<void>
  /** Deletes what an interrupted planning proposed. */
  deleteProposed(planId: string): Promise<void>
  read(id: string): Promise<StoredSend | null>
  /** In order of id. */
  list(filter: SendFilter): Promise<StoredSend[]>
  /** One transaction; unknown ids are left out. */
  transition(order: TransitionOrder): Promise<TransitionResult[]>
  /** Releases reservations that were not dispatched in time; those sends are approved again. Returns their number. */
  release(ids: readonly string[], nowMs: number): Promise<number>
  /** Reads sends of a plan that wait in a state, the most valuable first. */
  waiting(planId: string, state: "proposed" | "approved", nowMs: number, limit: number): Promise<StoredSend[]>
  /** Reads sends of all plans whose deadline has passed: reserved, dispatched or delivered. */
  overdue(nowMs: number, limit: number): Promise<StoredSend[]>
  /** Reads sends of a plan whose end was recorded since `since`, in that order, without gifts, vetoed sends and unused suggestions, which the promise excludes. */
  ended(planId: string, since: number, after: string | null, limit: number): Promise<StoredSend[]>
  /** Reads resolved sends of goods, gifts excluded, whose end was recorded before `until`, by id: the training examples of the keep model. */
  resolved(until: number, after: string | null, limit: number): Promise<StoredSend[]>
  /** Counts a plan's sends by state, without the holdout. */
  countStates(planId: string): Promise<Partial<Record<SendState, number>>>
}

export function createSendStore(database: Database): SendStore {
  const states = JSON.stringify(openStates)
  return {
    insert: (sends) => database.transaction((transaction) => insertSends(transaction, sends)),

    async deleteProposed(planId) {
      await database.execute(sql`
        with deleted as (delete from sends where plan_id = ${planId} and state = 'proposed' returning id)
        delete from send_index where id in (select id from deleted)`)
    },

    read: (id) => readSend(database, id),

    list: ({ planId, state, after, limit }) =>
      selectSends(
        database,
        sql`where plan_id = ${planId} and (${state ?? null}::text is null or state = ${state ?? null}::text)
          and (${after ?? null}::uuid is null or id > ${after ?? null}::uuid) order by id limit ${limit}`,
      ),

    transition: (order) =>
      writeAt(database, order.nowMs, () =>
        retryConflicts(() => database.transaction((transaction) => transitionSends(transaction, order))),
      ),

    release: (ids, nowMs) =>
      retryConflicts(() => database.transaction((transaction) => releaseReservations(transaction, ids, nowMs))),

    waiting: (planId, state, nowMs, limit) =>
      selectSends(
        database,
        sql`where plan_id = ${planId} and state = ${state} and not in_holdout
          and (resolve_by is null or resolve_by <= ${toTimestamp(nowMs)})
        order by expected_value desc, id limit ${limit}`,
      ),

    overdue: (nowMs, limit) =>
      selectSends(
        database,
        sql`where state in (select json_array_elements_text(${states}::json))
          and resolve_by <= ${toTimestamp(nowMs)} order by resolve_by, id limit ${limit}`,
      ),

    ended: (planId, since, after, limit) =>
      selectSends(
        database,
        sql`where plan_id = ${planId} and not in_holdout
          and (state in ('kept', 'returned') or (state = 'lost' and autonomy_level in ('announce', 'parcel')))
          and (resolved_at, id) > (${toTimestamp(since)}, ${after ?? lowestId}::uuid)
        order by resolved_at, id limit ${limit}`,
      ),

    resolved: (until, after, limit) =>
      selectSends(
        database,
        sql`where state in ('kept', 'returned', 'lost') and autonomy_level in ('announce', 'parcel') and not gift and not in_holdout
          and resolved_at < ${toTimestamp(until)} and id > ${after ?? lowestId}::uuid order by id limit ${limit}`,
      ),

    async countStates(planId) {
      const rows = await database.execute<{ state: SendState; count: number }>(sql`
        select state, count(*)::int as count from sends where plan_id = ${planId} and not in_holdout group by state`)
      return Object.fromEntries(rows.map(({ state, count }) => [state, count]))
    },
  }
}

import { sql } from "drizzle-orm"
import type { Outcome } from "../../core/history/outcome.ts"
import type { Channel } from "../../core/schema/channel.ts"
import type { Database } from "../database/database.ts"
import { epochMs, toTimestamp } from "../database/epoch.ts"
import { counts } from "../events/claimed-events.ts"
import { readTrace } from "./read-trace.ts"

/** A decision with what came of it; times are milliseconds since the epoch. */
export interface LoggedDecisionRow {
  id: string
  customerId: string
  at: number
  placement: string
  channel: Channel
  offerId: string | null
  policyVersion: string
  trace: Readonly<Record<string, unknown>>
  /** True when it was activated or has an outcome, so that the customer can have seen it. */
  reached: boolean
  outcomes: readonly { outcome: Outcome; at: number; value: number | null }[]
  /** True when the customer completed an order within the waiting time. */
  ordered: boolean
}

export interface DecisionLogStore {
  /** Decisions that drew among offers, made in `[from, until)`, oldest first. */
  read(range: { from: number; until: number; waitMs: number }): AsyncIterable<LoggedDecisionRow[]>
}

const batchRows = 1000

export function createDecisionLogStore(database: Database): DecisionLogStore {
  return {
    async *read({ from, until, waitMs }) {
      let after: { place: string; id: string } | null = null
      while (true) {
        const rows: (LoggedDecisionRow & { place: string } & Record<string, unknown>)[] = await database.execute(sql`
          select id, customer_id as "customerId", ${epochMs("at")} as at, at::text as place, placement,
            channel, offer_id as "offerId", policy_version as "policyVersion", trace,
            activated_at is not null or answers.found is not null as reached, coalesce(answers.found, '[]') as outcomes,
            exists (
              select from events where events.customer_id = decisions.customer_id and name = 'Order Completed'
                and ${counts}
                and events.at > decisions.at and events.at <= decisions.at + ${waitMs}::float8 * interval '1 millisecond'
            ) as ordered
          from decisions left join lateral (
            select jsonb_agg(jsonb_build_object('outcome', outcome, 'at', ${epochMs("outcomes.at")},
              'value', value) order by outcomes.at, message_id) as found
            from outcomes where outcomes.customer_id = decisions.customer_id and decision_id = decisions.id
          ) answers on true
          where verb in ('decide', 'content') and channel is not null
            and at >= ${toTimestamp(from)} and at < ${toTimestamp(until)}
            ${after === null ? sql`` : sql`and (at, id) > (${after.place}::timestamptz, ${after.id}::uuid)`}
          order by at, id limit ${batchRows}`)
        if (rows.length > 0) yield rows.map(({ place: _, ...row }) => ({ ...row, trace: readTrace(row.trace) }))
        const last = rows.at(-1)
        if (last === undefined || rows.length < batchRows) return
        after = { place: last.place, id: last.id }
      }
    },
  }
}

import { sql } from "drizzle-orm"
import type { Actor } from "../../core/access/actor.ts"
import { type ExperimentDraft, experimentDraftSchema } from "../../core/experiment/experiment-schema.ts"
import { recordAudit } from "../audit/record-audit.ts"
import { resolveCustomerIds } from "../customers/resolve-customer-ids.ts"
import type { Database } from "../database/database.ts"
import { epochMs, toTimestamp } from "../database/epoch.ts"

/** An experiment from its start on; its design never changes. Times are milliseconds since the epoch. */
export interface StoredExperiment {
  id: string
  design: ExperimentDraft
  startedAt: number
  stoppedAt: number | null
}

export interface Exposure {
  customerId: string
  customerKnown: boolean
  arm: string
  at: number
}

/** A customer's first exposure. */
export interface ExposedCustomer {
  customerId: string
  at: number
  arm: string
  /** Number of different arms; above 1 for customers of whom a join made one. */
  arms: number
  /** P(orders within the horizon) at that time; null: not known. */
  orders: number | null
}

/** Events asked for of a customer: from `since` on, a time in milliseconds since the epoch. */
interface OutcomeQuery {
  event: string
  beforeMs: number
  afterMs: number
  /** Of the values that count. */
  currency: string
  customers: readonly { customerId: string; since: number }[]
}

export interface OutcomeRow {
  customerId: string
  eventsBefore: number
  valueBefore: number
  eventsAfter: number
  valueAfter: number
}

export interface ExperimentStore {
  /** Starts an experiment; `null` when its id is taken, or another runs on its placement. */
  start(experiment: Omit<StoredExperiment, "stoppedAt">, actor: Actor): Promise<StoredExperiment | null>
  read(id: string): Promise<StoredExperiment | null>
  /** Returns experiments newest first, from behind the experiment `after`. */
  list(page: { after?: string | undefined; limit: number }): Promise<StoredExperiment[]>
  /** Returns those that run on a placement. */
  running(): Promise<StoredExperiment[]>
  /** Stops it; one that was stopped before stays as it is. `null` for none. */
  stop(id: string, change: { at: number; reason: string | null; actor: Actor }): Promise<StoredExperiment | null>
  /** Records exposures to arms assigned elsewhere; of each arm the earliest is kept. Returns how many were new. */
  expose(id: string, exposures: readonly Exposure[]): Promise<number>
  /** Returns customers of an experiment behind `after` in order of id, with their first exposure. */
  exposed(experiment: StoredExperiment, page: { after: string | null; limit: number }): Promise<ExposedCustomer[]>
  /** Returns what customers did before and after; those without such an event are left out. */
  outcomes(query: OutcomeQuery): Promise<OutcomeRow[]>
}

const columns = sql`id, design, ${epochMs("started_at")} as "startedAt", ${epochMs("stopped_at")} as "stoppedAt"`

type Row = StoredExperiment & Record<string, unknown>

const stored = (row: Row): StoredExperiment => ({ ...row, design: experimentDraftSchema.parse(row.design) })

export function createExperimentStore(database: Database): ExperimentStore {
  return {
    start: ({ id, design, startedAt }, actor) =>
      database.transaction(async (transaction) => {
        const [row] = await transaction.execute<Row>(sql`
          insert into experiments (id, design, placement, started_at)
          values (${id}, ${JSON.stringify(design)}::jsonb, ${design.placement ?? null}, ${toTimestamp(startedAt)})
          on conflict do nothing returning ${columns}`)
        if (row === undefined) return null
        const subject = { kind: "experiment", id } as const
        await recordAudit(transaction, { actor, action: "experiments.put", subject, before: null, after: { design } })
        return stored(row)
      }),
    async read(id) {
      const [row] = await database.execute<Row>(sql`select ${columns} from experiments where id = ${id}`)
      return row === undefined ? null : stored(row)
    },
    async list({ after, limit }) {
      const behind =
        after === undefined
          ? sql`true`
          : sql`(started_at, id) < (select started_at, id from experiments where id = ${after})`
      const rows = await database.execute<Row>(sql`
        select ${columns} from experiments where ${behind} order by started_at desc, id desc limit ${limit}`)
      return rows.map(stored)
    },
    async running() {
      const rows = await database.execute<Row>(
        sql`select ${columns} from experiments where stopped_at is null and placement is not null order by id`,
      )
      return rows.map(stored)
    },
    stop: (id, { at, reason, actor }) =>
      database.transaction(async (transaction) => {
        const [row] = await transaction.execute<Row>(sql`
          update experiments set stopped_at = ${toTimestamp(at)} where id = ${id} and stopped_at is null returning ${columns}`)
        if (row === undefined) {
          const [former] = await transaction.execute<Row>(sql`select ${columns} from experiments where id = ${id}`)
          return former === undefined ? null : stored(former)
        }
        await recordAudit(transaction, {
          actor,
          action: "experiments.stop",
          subject: { kind: "experiment", id },
          before: { status: "running" },
          after: { status: "stopped", reason },
        })
        return stored(row)
      }),
    expose: (id, exposures) =>
      database.transaction(async (transaction) => {
        const owners = await resolveCustomerIds(transaction, exposures)
        const given = exposures.flatMap(({ customerId, arm, at }) => {
          const owner = owners.get(customerId)
          return owner === undefined ? [] : [{ customerId: owner, arm, at: new Date(at) }]
        })
        const rows = await transaction.execute<{ isNew: boolean }>(sql`
          insert into experiment_exposures (customer_id, experiment_id, arm, at)
          select "customerId", ${id}, arm, min(at)
          from jsonb_to_recordset(${JSON.stringify(given)}::jsonb) as given("customerId" uuid, arm text, at timestamptz)
          group by 1, 3 order by 1, 3
          on conflict (customer_id, experiment_id, arm) do update set at = least(experiment_exposures.at, excluded.at)
          returning xmax = 0 as "isNew"`)
        return rows.filter(({ isNew }) => isNew).length
      }),
    async exposed({ id, design, startedAt, stoppedAt }, { after, limit }) {
      const behind = after === null ? sql`true` : sql`customer_id > ${after}::uuid`
      const placement = design.placement
      const decided =
        placement === undefined
          ? sql`select null::uuid, null::timestamptz, null::text, null::float8 where false`
          : sql`select customer_id, at, trace -> 'experiment' ->> 'arm', (trace -> 'experiment' ->> 'orders')::float8
              from decisions where ${behind} and at >= ${toTimestamp(startedAt)} and ${stoppedAt === null ? sql`true` : sql`at <= ${toTimestamp(stoppedAt)}`}
              and placement = ${placement} and trace -> 'experiment' ->> 'id' = ${id}`
      const rows = await database.execute<ExposedCustomer & Record<string, unknown>>(sql`
        select customer_id as "customerId", ${epochMs("min(at)")} as at, (array_agg(arm order by at))[1] as arm,
          count(distinct arm)::int as arms, (array_agg(orders order by at))[1] as orders
        from (
          ${decided}
          union all
          select customer_id, at, arm, null::float8 from experiment_exposures where ${behind} and experiment_id = ${id}
        ) exposed (customer_id, at, arm, orders)
        group by customer_id order by customer_id limit ${limit}`)
      return [...rows]
    },
    async outcomes({ event, beforeMs, afterMs, currency, customers }) {
      const asked = customers.map(({ customerId, since }) => ({
        customerId,
        since: new Date(since),
        from: new Date(since - beforeMs),
        until: new Date(since + afterMs),
      }))
      const rows = await database.execute<OutcomeRow & Record<string, unknown>>(sql`
        select "customerId", count(*) filter (where not "isAfter")::int as "eventsBefore",
          coalesce(sum(value) filter (where not "isAfter"), 0)::float8 as "valueBefore",
          count(*) filter (where "isAfter")::int as "eventsAfter",
          coalesce(sum(value) filter (where "isAfter"), 0)::float8 as "valueAfter"
        from (
          select distinct on (asked."customerId", coalesce(happened.properties ->> 'orderId', happened.message_id))
            asked."customerId", happened.at >= asked.since as "isAfter",
            case when coalesce(happened.properties ->> 'currency', ${currency}) = ${currency} then (
              select sum((line ->> 'price')::float8 * (line ->> 'quantity')::float8)
              from jsonb_array_elements(happened.lines) line
            ) end as value
          from jsonb_to_recordset(${JSON.stringify(asked)}::jsonb)
            as asked("customerId" uuid, since timestamptz, "from" timestamptz, until timestamptz)
          join events happened on happened.customer_id = asked."customerId" and happened.name = ${event}
            and happened.at >= asked."from" and happened.at < asked.until and happened.trust is null
          order by asked."customerId", coalesce(happened.properties ->> 'orderId', happened.message_id), happened.at
        ) counted group by "customerId"`)
      return [...rows]
    },
  }
}

import { sql } from "drizzle-orm"
import type { Actor } from "../../core/access/actor.ts"
import type { Event } from "../../core/history/event.ts"
import type { OfferMade } from "../../core/insight/customer-facts.ts"
import type { Cell, CountedCustomer } from "../../core/insight/figure-cells.ts"
import type { PutGoal } from "../../core/insight/goal.ts"
import { recordAudit } from "../audit/record-audit.ts"
import type { Database } from "../database/database.ts"
import { retryConflicts } from "../database/database-errors.ts"
import { epochMs, toTimestamp } from "../database/epoch.ts"
import { uuidArray } from "../database/uuid-array.ts"
import { eventsInOrder } from "../events/event-rows.ts"

/** A customer as they are, with all that figures may count of them. */
export interface FigureSource {
  customerId: string
  events: readonly Event[]
  offers: readonly OfferMade[]
  /** Customers who joined them, with the time when, milliseconds since the epoch. */
  joined: readonly { customerId: string; at: number }[]
}

interface Recount {
  before: CountedCustomer | null
  /** `null`: they are nobody of their own any more. */
  source: FigureSource | null
}

interface StoredGoal {
  id: string
  goal: PutGoal
  updatedAt: number
}

interface Enrolment {
  after: string | null
  done: boolean
}

/** Sum of a day's or a quarter's figure, with the part that was counted later than on the day after. */
export interface FigureSum extends Cell {
  lateX: number
  lateY: number
}

export interface FigureStore {
  /**
   * Takes up to `limit` customers whose figures wait, has them counted by `count`, and appends what changes by `changes`, in one
   * transaction. Returns how many there were.
   */
  recount(
    limit: number,
    counting: {
      recordedDay: number
      count: (source: FigureSource, before: CountedCustomer | null) => CountedCustomer
      changes: (before: readonly CountedCustomer[], now: readonly CountedCustomer[]) => Cell[]
    },
  ): Promise<number>
  /** Marks the next `limit` customers of an enrolment, which begins with its first call; says how far it is. */
  enrol(name: string, limit: number, nowMs: number): Promise<Enrolment>
  /** Time when the first enrolment began, milliseconds since the epoch; `null` before it. */
  startedAt(): Promise<number | null>
  /** Brings the changes of each day of recording together, where at least `least` came one by one. */
  compact(least: number): Promise<void>
  /** Figures of a goal and a quarter by a dimension, days in `[fromDay, untilDay)` and the quarter's moments; the largest `limit` slices. */
  read(asked: {
    goal: string
    quarter: string
    by: string
    fromDay: number
    untilDay: number
    limit: number
  }): Promise<FigureSum[]>
  /** Customers by arm of a quarter. */
  population(quarter: string): Promise<{ arm: string; customers: number }[]>
  goals(): Promise<StoredGoal[]>
  putGoal(id: string, goal: PutGoal, change: { at: number; actor: Actor }): Promise<void>
}

/** Events of which there are very many and that figures never count unless a goal names them. */
const seldomCounted = ["Page Viewed", "Screen Viewed", "Product List Viewed", "Product Viewed", "Product Clicked"]

export function createFigureStore(database: Database): FigureStore {
  return {
    recount: (limit, { recordedDay, count, changes }) =>
      retryConflicts(() =>
        database.transaction(async (transaction) => {
          const taken = await transaction.execute<{ id: string }>(sql`
            with waiting as (select customer_id, id from figure_changes order by id limit ${limit} for update skip locked),
              taken as (delete from figure_changes using waiting
                where figure_changes.customer_id = waiting.customer_id and figure_changes.id = waiting.id
                returning figure_changes.customer_id)
            select distinct customer_id as id from taken`)
          if (taken.length === 0) return 0
          const ids = taken.map(({ id }) => id).sort()
          const named = await namedEvents(transaction)
          const recounts = await readSources(transaction, ids, named)
          const now = new Map(
            [...recounts].flatMap(([id, { source, before }]) =>
              source === null ? [] : [[id, count(source, before)] as const],
            ),
          )
          const former = [...recounts.values()].flatMap(({ before }) => before ?? [])
          await writeCounted(transaction, ids, now)
          await writeDeltas(transaction, changes(former, [...now.values()]), recordedDay)
          return taken.length
        }),
      ),

    enrol: (name, limit, nowMs) =>
      database.transaction(async (transaction) => {
        await transaction.execute(sql`
          insert into figure_enrolments (name, started_at) values (${name}, ${toTimestamp(nowMs)}) on conflict do nothing`)
        const [standing] = await transaction.execute<Enrolment & Record<string, unknown>>(
          sql`select after, done from figure_enrolments where name = ${name} for update`,
        )
        if (standing!.done) return { after: standing!.after, done: true }
        const marked = await transaction.execute<{ id: string }>(sql`
          with next as (
            select customer_id from profiles
            where merged_into is null and (${standing!.after}::uuid is null or customer_id > ${standing!.after}::uuid)
            order by customer_id limit ${limit}
          )
          insert into figure_changes (customer_id) select customer_id from next returning customer_id as id`)
        const after =
          marked
            .map(({ id }) => id)
            .sort()
            .at(-1) ?? standing!.after
        const done = marked.length < limit
        await transaction.execute(
          sql`update figure_enrolments set after = ${done ? null : after}::uuid, done = ${done} where name = ${name}`,
        )
        return { after, done }
      }),

    async startedAt() {
      const [row] = await database.execute<{ at: number | null }>(
        sql`select ${epochMs("min(started_at)")} as at from figure_enrolments`,
      )
      return row!.at
    },

    async compact(least) {
      const days = await database.execute<{ day: number }>(sql`
        select recorded_day as day from figure_deltas where not compacted group by 1 having count(*) >= ${least}::int`)
      for (const { day } of days)
        await database.execute(sql`
          with gone as (delete from figure_deltas where recorded_day = ${day} returning *)
          insert into figure_deltas (quarter, day, arm, goal, by, slice, currency, customers, x, y, xx, yy, xy, recorded_day, compacted)
          select quarter, day, arm, goal, by, slice, currency, sum(customers), sum(x), sum(y), sum(xx), sum(yy), sum(xy),
            recorded_day, true
          from gone group by quarter, day, arm, goal, by, slice, currency, recorded_day`)
    },

    async read({ goal, quarter, by, fromDay, untilDay, limit }) {
      const rows = await database.execute<FigureSum & Record<string, unknown>>(sql`
        with own as (
          select * from figure_deltas where goal = ${goal} and by = ${by}
            and ((day is null and quarter = ${quarter}) or (day >= ${fromDay} and day < ${untilDay}))
        ),
        largest as (select slice from own where day is null group by slice order by sum(customers) desc, slice limit ${limit})
        select min(quarter) as quarter, day, arm, goal, by, slice, currency, sum(customers)::int as customers, sum(x)::float8 as x,
          sum(y)::float8 as y, sum(xx)::float8 as xx, sum(yy)::float8 as yy, sum(xy)::float8 as xy,
          coalesce(sum(x) filter (where recorded_day > day + 1), 0)::float8 as "lateX",
          coalesce(sum(y) filter (where recorded_day > day + 1), 0)::float8 as "lateY"
        from own where slice in (select slice from largest)
        group by day, arm, goal, by, slice, currency order by slice, day, arm`)
      return [...rows]
    },

    async population(quarter) {
      const rows = await database.execute<{ arm: string; customers: number }>(sql`
        select arm, sum(customers)::int as customers from figure_deltas
        where goal = '' and quarter = ${quarter} and by = '' and slice = '' group by arm order by arm`)
      return [...rows]
    },

    async goals() {
      const rows = await database.execute<StoredGoal & Record<string, unknown>>(
        sql`select id, goal, ${epochMs("updated_at")} as "updatedAt" from goals order by id`,
      )
      return [...rows]
    },

    putGoal: (id, goal, { at, actor }) =>
      database.transaction(async (transaction) => {
        const [former] = await transaction.execute<{ goal: PutGoal }>(
          sql`select goal from goals where id = ${id} for update`,
        )
        await transaction.execute(sql`
          insert into goals (id, goal, updated_at) values (${id}, ${JSON.stringify(goal)}::jsonb, ${toTimestamp(at)})
          on conflict (id) do update set goal = excluded.goal, updated_at = excluded.updated_at`)
        await recordAudit(transaction, {
          actor,
          action: "goals.put",
          subject: { kind: "goal", id },
          before: former ? { ...former.goal } : null,
          after: { ...goal },
        })
      }),
  }
}

type Transaction = Pick<Database, "execute">

/** Returns the names of events that the shop's own goals count. */
async function namedEvents(transaction: Transaction): Promise<string[]> {
  const rows = await transaction.execute<{ name: string }>(
    sql`select distinct goal -> 'event' ->> 'name' as name from goals where goal ? 'event'`,
  )
  return rows.map(({ name }) => name)
}

async function readSources(
  transaction: Transaction,
  ids: readonly string[],
  named: readonly string[],
): Promise<Map<string, Recount>> {
  const profiles = await transaction.execute<{ id: string; isCurrent: boolean; before: CountedCustomer | null }>(sql`
    select profiles.customer_id as id, merged_into is null as "isCurrent", counted as before
    from profiles left join customer_figures using (customer_id) where profiles.customer_id = any(${uuidArray(ids)})`)
  const current = profiles.flatMap(({ id, isCurrent }) => (isCurrent ? [id] : []))
  const [events, offers, joined] = await Promise.all([
    readEvents(transaction, current, named),
    readOffers(transaction, current),
    readJoined(transaction, current),
  ])
  return new Map(
    profiles.map(({ id, isCurrent, before }) => [
      id,
      {
        before,
        source: isCurrent
          ? { customerId: id, events: events.get(id) ?? [], offers: offers.get(id) ?? [], joined: joined.get(id) ?? [] }
          : null,
      },
    ]),
  )
}

async function readEvents(transaction: Transaction, ids: readonly string[], named: readonly string[]) {
  const skipped = JSON.stringify(seldomCounted.filter((name) => !named.includes(name)))
  const condition = sql`customer_id = any(${uuidArray(ids)}) and not ${skipped}::jsonb ? name`
  const byCustomer = new Map<string, Event[]>()
  for await (const rows of eventsInOrder(transaction, condition))
    for (const { customerId, ...event } of rows) append(byCustomer, customerId, event)
  return byCustomer
}

async function readOffers(transaction: Transaction, ids: readonly string[]) {
  const rows = await transaction.execute<OfferMade & { customerId: string } & Record<string, unknown>>(sql`
    select decisions.customer_id as "customerId", ${epochMs("decisions.at")} as at, placement, channel, offer_id as "offerId",
      release_id as "releaseId", trace ->> 'currency' as currency,
      (select campaign from contents where contents.customer_id = decisions.customer_id and decision_id = decisions.id
        and contents.placement = decisions.placement limit 1) as campaign,
      activated_at is not null or answers.found is not null as reached, coalesce(answers.found, '[]') as outcomes
    from decisions left join lateral (
      select jsonb_agg(jsonb_build_object('outcome', outcome, 'value', value)) as found
      from outcomes where outcomes.customer_id = decisions.customer_id and decision_id = decisions.id
    ) answers on true
    where decisions.customer_id = any(${uuidArray(ids)}) and offer_id is not null`)
  const byCustomer = new Map<string, OfferMade[]>()
  for (const { customerId, ...offer } of rows) append(byCustomer, customerId, offer)
  return byCustomer
}

async function readJoined(transaction: Transaction, ids: readonly string[]) {
  const rows = await transaction.execute<{ customerId: string; into: string; at: number }>(sql`
    select customer_id as "customerId", merged_into as into, ${epochMs("updated_at")} as at from profiles
    where merged_into = any(${uuidArray(ids)})`)
  const byCustomer = new Map<string, { customerId: string; at: number }[]>()
  for (const { customerId, into, at } of rows) append(byCustomer, into, { customerId, at })
  return byCustomer
}

function append<T>(lists: Map<string, T[]>, key: string, value: T): void {
  const list = lists.get(key)
  if (list) list.push(value)
  else lists.set(key, [value])
}

/** A customer who is erased meanwhile gets no row; what was added of them stays in the sums. */
async function writeCounted(
  transaction: Transaction,
  ids: readonly string[],
  counted: ReadonlyMap<string, CountedCustomer>,
): Promise<void> {
  const ended = ids.filter((id) => !counted.has(id))
  if (ended.length > 0)
    await transaction.execute(sql`delete from customer_figures where customer_id = any(${uuidArray(ended)})`)
  if (counted.size === 0) return
  const rows = JSON.stringify([...counted].map(([id, now]) => ({ id, counted: now })))
  await transaction.execute(sql`
    insert into customer_figures (customer_id, counted)
    select id, counted from jsonb_to_recordset(${rows}::jsonb) as given(id uuid, counted jsonb)
    join lateral (select 1 from profiles where customer_id = given.id for key share) standing on true
    on conflict (customer_id) do update set counted = excluded.counted`)
}

async function writeDeltas(transaction: Transaction, cells: readonly Cell[], recordedDay: number): Promise<void> {
  if (cells.length === 0) return
  await transaction.execute(sql`
    insert into figure_deltas (quarter, day, arm, goal, by, slice, currency, customers, x, y, xx, yy, xy, recorded_day)
    select quarter, day, arm, goal, by, slice, currency, customers, x, y, xx, yy, xy, ${recordedDay}
    from json_to_recordset(${JSON.stringify(cells)}::json) as given(quarter text, day int, arm text, goal text, by text, slice text,
      currency text, customers int, x float8, y float8, xx float8, yy float8, xy float8)`)
}

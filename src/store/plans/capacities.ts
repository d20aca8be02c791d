import { type SQL, sql } from "drizzle-orm"
import type { CapacityUsage } from "../../core/decision/capacity-usage.ts"
import type { Database } from "../database/database.ts"
import { columnToTimestamp, toTimestamp } from "../database/epoch.ts"

type Transaction = Pick<Database, "execute">

export interface CapacityStore {
  /** Reads the used and reserved amount of every capacity at `nowMs`, without those unused for 60 days. */
  read(nowMs: number): Promise<CapacityUsage>
  /** Gives back what was held until before a moment and never used, at most `limit` holds; returns how many. */
  releaseExpired(beforeMs: number, limit: number): Promise<number>
}

export const createCapacityStore = (database: Database): CapacityStore => ({
  async read(nowMs) {
    const rows = await database.execute<{ key: string; gone: number }>(sql`
      select key, used + held - coalesce((
        select sum(amount) from supply_holds where supply_holds.key = supplies.key and expires_at <= ${toTimestamp(nowMs)}
      ), 0) as gone from supplies where updated_at > clock_timestamp() - interval '60 days'`)
    return new Map(rows.map(({ key, gone }) => [key, gone]))
  },
  releaseExpired: (beforeMs, limit) =>
    database.transaction((transaction) =>
      releaseReservedCapacity(
        transaction,
        sql`(decision_id, key) in (
          select decision_id, key from supply_holds where expires_at < ${toTimestamp(beforeMs)} limit ${limit})`,
      ),
    ),
})

/** Locks capacities, creates missing ones, releases what expired by `nowMs`, and returns the used and reserved amount of each. */
export async function lockCapacities(
  transaction: Transaction,
  keys: readonly string[],
  nowMs: number,
): Promise<Map<string, number>> {
  if (keys.length === 0) return new Map()
  const wanted = JSON.stringify([...new Set(keys)].sort())
  await transaction.execute(sql`
    insert into supplies (key, updated_at)
    select key, clock_timestamp() from json_array_elements_text(${wanted}::json) as wanted(key) order by key
    on conflict (key) do update set updated_at = excluded.updated_at`)
  const rows = await transaction.execute<{ key: string; gone: number }>(sql`
    with expired as (
      delete from supply_holds where key in (select json_array_elements_text(${wanted}::json))
        and expires_at <= ${toTimestamp(nowMs)} returning key, amount
    ),
    freed as (select key, sum(amount) as amount from expired group by key)
    update supplies set held = held - coalesce(freed.amount, 0)
    from json_array_elements_text(${wanted}::json) as wanted(key) left join freed using (key)
    where supplies.key = wanted.key
    returning supplies.key, used + held as gone`)
  return new Map(rows.map(({ key, gone }) => [key, gone]))
}

export interface ReservedCapacity {
  decisionId: string
  key: string
  amount: number
  expiresAt: number
}

/** Reserves amounts of capacities that the caller has locked. */
export async function reserveCapacities(transaction: Transaction, holds: readonly ReservedCapacity[]): Promise<void> {
  if (holds.length === 0) return
  await transaction.execute(sql`
    with given as (
      select * from jsonb_to_recordset(${JSON.stringify(holds)}::jsonb) as given("decisionId" uuid, key text, amount float8, "expiresAt" float8)
    ),
    kept as (
      insert into supply_holds (decision_id, key, amount, expires_at)
      select "decisionId", key, amount, ${columnToTimestamp('"expiresAt"')} from given
    )
    update supplies set held = held + taken.amount
    from (select key, sum(amount) as amount from given group by key) taken where supplies.key = taken.key`)
}

/** Turns capacity reserved by a decision into use. */
export async function useReservedCapacity(transaction: Transaction, decisionId: string): Promise<void> {
  await transaction.execute(sql`
    with spent as (delete from supply_holds where decision_id = ${decisionId} returning key, amount)
    update supplies set held = held - spent.amount, used = used + spent.amount from spent where supplies.key = spent.key`)
}

/** Counts one more use of a capacity, where a limit exists. */
export async function countUse(transaction: Transaction, key: string): Promise<void> {
  await transaction.execute(sql`update supplies set used = used + 1 where key = ${key}`)
}

/** Releases the reserved capacity that a condition selects, under the locks of those capacities; returns the number of rows. */
export async function releaseReservedCapacity(transaction: Transaction, condition: SQL): Promise<number> {
  const holds = await transaction.execute<{ id: string; key: string }>(
    sql`select decision_id as id, key from supply_holds where ${condition}`,
  )
  if (holds.length === 0) return 0
  const asked = sql`json_to_recordset(${JSON.stringify(holds)}::json) as asked(id uuid, key text)`
  await transaction.execute(sql`
    select from supplies where key in (select asked.key from ${asked}) order by key for update`)
  const [released] = await transaction.execute<{ count: number }>(sql`
    with deleted as (
      delete from supply_holds using ${asked} where decision_id = asked.id and supply_holds.key = asked.key
      returning supply_holds.key, amount
    ),
    freed as (select key, sum(amount) as amount from deleted group by key),
    changed as (update supplies set held = held - freed.amount from freed where supplies.key = freed.key)
    select count(*)::int as count from deleted`)
  return released!.count
}

import { sql } from "drizzle-orm"
import type { Identifier } from "../../core/customer/identifier.ts"
import { type Counterpart, counterpartDays, mostCounterparts } from "../../core/identity/shared-identifier.ts"
import type { Database } from "../database/database.ts"
import { toTimestamp } from "../database/epoch.ts"

type Transaction = Pick<Database, "execute">

/**
 * Counts what identifiers came with, under pseudonyms, and notes which of them are shared by so many that they are nobody's. `idOf`
 * makes the pseudonym.
 */
export async function countCounterparts(
  transaction: Transaction,
  counterparts: readonly Counterpart[],
  { idOf, at }: { idOf: (identifier: Identifier) => string; at: number },
): Promise<void> {
  if (counterparts.length === 0) return
  const rows = counterparts.map(({ identifier: { type, value }, counterpart }) => ({
    type,
    value,
    id: idOf({ type, value }),
    other: idOf(counterpart),
    otherType: counterpart.type,
    most: mostCounterparts[counterpart.type],
  }))
  const given = sql`json_to_recordset(${JSON.stringify(rows)}::json) as given(
    type text, value text, id uuid, other uuid, "otherType" text, most int)`
  await transaction.execute(sql`
    insert into identifier_counterparts (identifier, counterpart, type, seen_at)
    select distinct id, other, "otherType", ${toTimestamp(at)} from ${given} order by 1, 2
    on conflict (identifier, counterpart) do update set seen_at = excluded.seen_at
    where identifier_counterparts.seen_at < excluded.seen_at - interval '1 day'`)
  await transaction.execute(sql`
    insert into shared_identifiers (type, value, since)
    select distinct given.type, given.value, ${toTimestamp(at)} from ${given}
    where most <= (
      select count(*) from (
        select from identifier_counterparts counted
        where counted.identifier = given.id and counted.type = given."otherType"
          and seen_at > ${toTimestamp(at)} - make_interval(days => ${counterpartDays})
        limit 1000) bounded)
    order by 1, 2 on conflict do nothing`)
}

import { sql } from "drizzle-orm"
import type { Database } from "../database/database.ts"
import { uuidArray } from "../database/uuid-array.ts"

type Transaction = Pick<Database, "execute">

/** Condition for a row `link` of `record_links` to be the newest word on its pair. */
export const isNewestWord = sql`link.origin = 'word' and not exists (
  select from record_links later where later.record_a = link.record_a and later.record_b = link.record_b
    and later.origin = 'word' and later.id > link.id)`

/** Pairs of records among these of which somebody's newest word says that they are two people; no run may join them. */
export async function cannotLinksAmong(
  transaction: Transaction,
  recordIds: readonly string[],
): Promise<{ a: string; b: string }[]> {
  if (recordIds.length < 2) return []
  const own = uuidArray(recordIds)
  const rows = await transaction.execute<{ a: string; b: string }>(sql`
    select record_a as a, record_b as b from record_links link
    where record_a = any(${own}) and record_b = any(${own}) and verdict = 'different' and ${isNewestWord}
    order by 1, 2`)
  return [...rows]
}

/** A pair of records of two customers of which the newest word is that they are two people. */
export interface CustomersApart {
  a: string
  b: string
  recordA: string
  recordB: string
}

/** Returns the standing words that keep customers apart, one row a pair of records. */
export async function customersApart(
  transaction: Transaction,
  customerIds: readonly string[],
): Promise<CustomersApart[]> {
  if (customerIds.length < 2) return []
  const asked = uuidArray(customerIds)
  const rows = await transaction.execute<CustomersApart & Record<string, unknown>>(sql`
    with own as materialized (
      select distinct customer_id, record_id from record_identifiers where customer_id = any(${asked})
      union select id, id from unnest(${asked}) as given(id)
        where not exists (select from record_identifiers evidence where evidence.record_id = id)
    )
    select first.customer_id as a, second.customer_id as b, link.record_a as "recordA", link.record_b as "recordB"
    from own first join record_links link on link.record_a = first.record_id
    join own second on second.record_id = link.record_b
    where first.customer_id <> second.customer_id and verdict = 'different' and ${isNewestWord}
    order by 3, 4`)
  return [...rows]
}

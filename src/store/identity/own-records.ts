import { type SQL, sql } from "drizzle-orm"

/** Right side of a comparison with any record of a customer, the one under their own id included. */
export const anyOwnRecord = (customerId: string): SQL => sql`any(array(select ${customerId}::uuid union
  select record_id from record_identifiers where customer_id = ${customerId}))`

/** Ids of the links of a customer's records: either index is used then; of two conditions joined by `or` the whole table is read. */
export function anyOwnLink(customerId: string): SQL {
  const own = anyOwnRecord(customerId)
  return sql`any(array(select id from record_links where record_a = ${own} union
    select id from record_links where record_b = ${own}))`
}

import { type SQL, sql } from "drizzle-orm"
import { customerTables, type InventoryTable } from "../database/data-inventory.ts"
import type { Database } from "../database/database.ts"

const tableNamed = (name: string) => customerTables.find((table) => table.name === name)!
/** Tables where both customers may have a row under one key. */
const overlapping = ["contents", "trigger_firings", "record_identifiers", "record_traits", "experiment_exposures"].map(
  tableNamed,
)

/** Gives every row of the customers that ended to those they became; their profiles and forwarding are the caller's. */
export async function moveRows(
  transaction: Pick<Database, "execute">,
  merges: readonly { from: string; into: string }[],
): Promise<true> {
  const ending = merges.map(({ from }) => from).sort()
  // Decisions being written for a customer that ends are waited for, and those that come meanwhile wait: see `resolveCustomerIds`.
  if (ending.length > 0)
    await transaction.execute(sql`
      select end_customer(id::uuid) from json_array_elements_text(${JSON.stringify(ending)}::json) as ending(id)`)
  for (const { from, into } of merges) {
    // Sent together, so that the locks are held for one way there and back.
    await Promise.all(changesOf(from, into).map((statement) => transaction.execute(statement)))
  }
  return true
}

const changesOf = (from: string, into: string): SQL[] => [
  ...customerTables.flatMap((table) => (table.merge === "move" ? [moved(table, from, into)] : [])),
  // Bytes under a key never change, what a trigger did for either it does not do again for both, and a record is one record.
  ...overlapping.map((table) => sql`${moved(table, from, into)} on conflict do nothing`),
  sql`
    with gone as (delete from contacts where customer_id = ${from} returning reservations)
    insert into contacts (customer_id, reservations, updated_at)
    select ${into}, reservations, now() from gone
    on conflict (customer_id) do update set version = contacts.version + 1,
      reservations = contacts.reservations || excluded.reservations, updated_at = excluded.updated_at`,
  sql`update profiles set merged_into = ${into} where merged_into = ${from}`,
]

/** Gives rows to another customer. Where the customer is in their key, they lie with the customer: they go there and are written here. */
function moved({ name: tableName, keyColumns, allColumns }: InventoryTable, from: string, into: string): SQL {
  const table = sql.identifier(tableName)
  if (!keyColumns.includes("customer_id"))
    return sql`update ${table} set customer_id = ${into} where customer_id = ${from}`
  const others = allColumns.flatMap(({ name }) => (name === "customer_id" ? [] : [sql.identifier(name)]))
  const columns = sql.join(others, sql`, `)
  return sql`
    with gone as (delete from ${table} where customer_id = ${from} returning ${columns})
    insert into ${table} (customer_id, ${columns}) select ${into}::uuid, ${columns} from gone`
}

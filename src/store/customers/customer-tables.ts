import { type SQL, sql } from "drizzle-orm"
import type { Identifier } from "../../core/customer/identifier.ts"
import { customerTables, type InventoryTable, type Owner, rowsOwnedBy } from "../database/data-inventory.ts"
import type { Database } from "../database/database.ts"
import { Conflict } from "../database/database-errors.ts"
import { readTrace } from "../decisions/read-trace.ts"
import { releaseReservedCapacity } from "../plans/capacities.ts"

type Transaction = Pick<Database, "execute">

/** The customer and the ids that were merged into them. */
const idsOf = (customerId: string) =>
  sql`(select ${customerId}::uuid union select customer_id from profiles where merged_into = ${customerId}::uuid)`

async function ownerOf(
  transaction: Transaction,
  customerId: string,
  idOf: (identifier: Identifier) => string,
): Promise<Owner> {
  const ids = idsOf(customerId)
  const identifiers = await transaction.execute<Identifier & Record<string, unknown>>(
    sql`select type, value from identifiers where customer_id in ${ids}`,
  )
  const pseudonyms = JSON.stringify(identifiers.map(idOf))
  return {
    ids,
    pseudonyms: sql`(select pseudonym::uuid from json_array_elements_text(${pseudonyms}::json) as given(pseudonym))`,
  }
}

/** Returns what an export shows of a table: every column, bytes in base64. */
const exportedColumns = ({ allColumns }: InventoryTable): SQL =>
  sql.join(
    allColumns.map(({ name, type }) => {
      const column = sql.identifier(name)
      return type === "bytea" ? sql`encode(${column}, 'base64') as ${column}` : column
    }),
    sql`, `,
  )

/**
 * Returns every row of the customer and of those merged into them, by table, for the tables whose inventory entry says so; names in
 * camelCase, times in ISO 8601, bytes in base64.
 */
export async function readCustomerRows(
  transaction: Transaction,
  customerId: string,
  idOf: (identifier: Identifier) => string,
): Promise<Record<string, readonly unknown[]>> {
  const owner = await ownerOf(transaction, customerId, idOf)
  const found: Record<string, readonly unknown[]> = {}
  for (const table of customerTables) {
    if (table.export !== "rows") continue
    const rows = await transaction.execute<{ row: Record<string, unknown> }>(sql`
      select to_jsonb(own) as row from (
        select ${exportedColumns(table)} from ${sql.identifier(table.name)} where ${rowsOwnedBy(table, owner)}) own`)
    found[camelCase(table.name)] = rows.map(({ row }) => withCamelCase(withPresentTrace(row)))
  }
  return found
}

/** Returns a row with its decision's trace, where it has one, under the keys that the API has today. */
const withPresentTrace = (row: Record<string, unknown>) =>
  row.trace === undefined ? row : { ...row, trace: readTrace(row.trace as Record<string, unknown>) }

const camelCase = (name: string) => name.replaceAll(/_(.)/g, (_, letter: string) => letter.toUpperCase())
const withCamelCase = (row: Record<string, unknown>) =>
  Object.fromEntries(Object.entries(row).map(([name, value]) => [camelCase(name), value]))

/**
 * Erases the customer and those merged into them from every table as its inventory entry says, the profiles, which say whose rows
 * there are, last. Returns how many rows were deleted or cleared. Throws `Conflict` where the customer is merged into another
 * meanwhile, and waits for decisions and outcomes that are being written for them.
 */
export async function deleteCustomerRows(
  transaction: Transaction,
  customerId: string,
  idOf: (identifier: Identifier) => string,
): Promise<number> {
  const profiles = await transaction.execute<{ merged: boolean }>(sql`
    select customer_id = ${customerId}::uuid and merged_into is not null as merged from profiles
    where customer_id in ${idsOf(customerId)} order by customer_id for update`)
  if (profiles.some(({ merged }) => merged)) throw new Conflict("the customer was merged meanwhile")
  await transaction.execute(sql`select end_customer(${customerId}::uuid)`)
  const owner = await ownerOf(transaction, customerId, idOf)
  let count = 0
  for (const table of customerTables.toReversed()) count += await eraseFrom(transaction, table, owner)
  return count
}

/** Erases an owner's rows of one table; returns how many. */
export async function eraseFrom(
  transaction: Transaction,
  table: Pick<InventoryTable, "name" | "erasure" | "ownedBy">,
  owner: Owner,
): Promise<number> {
  const { erasure } = table
  const [name, isOwned] = [sql.identifier(table.name), rowsOwnedBy(table, owner)]
  if (erasure === "delete") {
    const deleted = await transaction.execute(sql`delete from ${name} where ${isOwned} returning 1`)
    return deleted.length
  }
  if (erasure === "nothing" || "keep" in erasure || "with" in erasure) return 0
  if ("step" in erasure) return releaseReservedCapacity(transaction, isOwned)
  const emptied = erasure.clear.map((column) => sql`${sql.identifier(column)} = null`)
  const cleared = await transaction.execute(
    sql`update ${name} set ${sql.join(emptied, sql`, `)} where ${isOwned} returning 1`,
  )
  return cleared.length
}

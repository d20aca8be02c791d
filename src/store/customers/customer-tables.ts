import { type SQL, sql } from "drizzle-orm"
import type { Identifier } from "../../core/customer/identifier.ts"
import { customerTables, type InventoryTable, type Owner, rowsOwnedBy } from "../database/data-inventory.ts"
import type { Database } from "../database/database.ts"
import { Conflict } from "../database/database-errors.ts"
import { readTrace } from "../decisions/read-trace.ts"
import { releaseReservedCapacity } from "../plans/capacities.ts"
import { currentCustomer, lockProfilesOf } from "./profiles.ts"

type Transaction = Pick<Database, "execute">

/** Returns the ids that were merged into a customer, and theirs, in order. */
async function idsOf(transaction: Transaction, customerId: string): Promise<string[]> {
  const merged = await transaction.execute<{ id: string }>(
    sql`select customer_id as id from profiles where merged_into = ${customerId}`,
  )
  return [...merged.map(({ id }) => id), customerId].sort()
}

async function ownerOf(
  transaction: Transaction,
  customerId: string,
  idOf: (identifier: Identifier) => string,
): Promise<Owner> {
  const identifiers = await transaction.execute<Identifier & Record<string, unknown>>(
    sql`select type, value from identifiers where customer_id = ${customerId}`,
  )
  const pseudonyms = JSON.stringify(identifiers.map(idOf))
  return {
    customerId,
    pseudonyms: sql`(select pseudonym::uuid from json_array_elements_text(${pseudonyms}::json) as given(pseudonym))`,
  }
}

/** Returns what an export shows of a table: every column that is not about the staff, bytes in base64. */
const exportedColumns = ({ allColumns, columns }: InventoryTable): SQL =>
  sql.join(
    allColumns.flatMap(({ key, name, type }) => {
      if (columns[key] === "staff") return []
      const column = sql.identifier(name)
      return [type === "bytea" ? sql`encode(${column}, 'base64') as ${column}` : column]
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
  const found: Record<string, unknown[]> = {}
  for (const id of await idsOf(transaction, customerId)) {
    const owner = await ownerOf(transaction, id, idOf)
    for (const table of customerTables) {
      if (table.export !== "rows") continue
      const rows = await transaction.execute<{ row: Record<string, unknown> }>(sql`
        select to_jsonb(own) as row from (
          select ${exportedColumns(table)} from ${sql.identifier(table.name)} where ${rowsOwnedBy(table, owner)}) own`)
      found[camelCase(table.name)] ??= []
      found[camelCase(table.name)]!.push(...rows.map(({ row }) => withCamelCase(withPresentTrace(row))))
    }
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
 * Erases the customer and those merged into them from every table as its inventory entry says. Returns how many rows were deleted or cleared. Throws `Conflict` where the customer is merged into another
 * meanwhile, and waits for decisions and outcomes that are being written for them.
 */
export async function deleteCustomerRows(
  transaction: Transaction,
  customerId: string,
  idOf: (identifier: Identifier) => string,
): Promise<number> {
  const ids = await idsOf(transaction, customerId)
  await lockProfilesOf(transaction, ids)
  const [current, lockedIds] = await Promise.all([
    currentCustomer(transaction, customerId),
    idsOf(transaction, customerId),
  ])
  if (current !== customerId || lockedIds.join() !== ids.join()) throw new Conflict("the customer was merged meanwhile")
  await transaction.execute(sql`select end_customer(${customerId}::uuid)`)
  let count = 0
  for (const id of ids) {
    const owner = await ownerOf(transaction, id, idOf)
    // Sent together, in this order, so that the locks are held for one way there and back.
    const counts = await Promise.all(customerTables.toReversed().map((table) => eraseFrom(transaction, table, owner)))
    count += counts.reduce((sum, one) => sum + one, 0)
  }
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

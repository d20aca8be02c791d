import { sql } from "drizzle-orm"
import type { Identifier } from "../../core/customer/identifier.ts"
import { currentCustomer } from "../customers/profiles.ts"
import type { Database } from "../database/database.ts"

type Transaction = Pick<Database, "execute">

/** More records of one customer are not looked at one by one. */
const maxRecords = 1000

/**
 * Returns the records of a customer, the one that gave them their id first, then the first told; a customer from before evidence was
 * kept has one, under their id.
 */
export async function recordsOfCustomer(transaction: Transaction, customerId: string): Promise<string[]> {
  const rows = await transaction.execute<{ id: string }>(sql`
    select record_id as id from record_identifiers where customer_id = ${customerId}
    group by 1 order by record_id = ${customerId} desc, min(told_at), 1 limit ${maxRecords}`)
  return rows.length === 0 ? [customerId] : rows.map(({ id }) => id)
}

/** A record with the customer that it belongs to. */
export interface OwnedRecord {
  recordId: string
  customerId: string
}

/** Finds a record by its id, or the first record of the customer whose id that is. */
export async function findRecord(transaction: Transaction, id: string): Promise<OwnedRecord | null> {
  const [row] = await transaction.execute<{ customerId: string }>(sql`
    select customer_id as "customerId" from record_identifiers where record_id = ${id}
    order by claimed, record_identifiers.told_at desc, customer_id limit 1`)
  return row ? { recordId: id, customerId: row.customerId } : firstRecordOf(transaction, id)
}

/** Finds the first record of a customer; `null`: there is no such customer. */
export async function firstRecordOf(transaction: Transaction, id: string): Promise<OwnedRecord | null> {
  const customerId = await currentCustomer(transaction, id)
  const [profile] = await transaction.execute(sql`select from profiles where customer_id = ${customerId}`)
  if (profile === undefined) return null
  const [recordId] = await recordsOfCustomer(transaction, customerId)
  return { recordId: recordId!, customerId }
}

/** Finds the record that an identifier names, or else the first that came with it. */
export async function findNamedRecord(
  transaction: Transaction,
  { type, value }: Identifier,
  named: string,
): Promise<OwnedRecord | null> {
  const [owner] = await transaction.execute<{ customerId: string }>(sql`
    select customer_id as "customerId" from identifiers where type = ${type} and value = ${value}`)
  if (owner === undefined) return null
  const { customerId } = owner
  const [row] = await transaction.execute<{ id: string }>(sql`
    select record_id as id from record_identifiers
    where customer_id = ${customerId} and (record_id = ${named} or (type = ${type} and value = ${value}))
    order by record_id = ${named} desc, record_identifiers.told_at limit 1`)
  return row ? { recordId: row.id, customerId } : firstRecordOf(transaction, customerId)
}

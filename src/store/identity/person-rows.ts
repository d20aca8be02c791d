import { sql } from "drizzle-orm"
import type { Identifier } from "../../core/customer/identifier.ts"
import { type CustomerRecord, readRecord } from "../customers/customers.ts"
import type { Database } from "../database/database.ts"
import { recordsOfCustomer } from "./records-of.ts"

/** State of a customer that a join or a split changes. */
export interface PersonRows {
  customer: Omit<CustomerRecord, "recordId">
  records: readonly string[]
  identifiers: readonly Identifier[]
}

/** Reads customers as a transaction sees them, in order. */
export async function readPersons(
  transaction: Pick<Database, "execute">,
  customerIds: readonly string[],
): Promise<PersonRows[]> {
  const persons = []
  for (const customerId of customerIds) {
    const customer = await readRecord(transaction, customerId)
    const records = await recordsOfCustomer(transaction, customerId)
    const identifiers = await transaction.execute<Identifier & Record<string, unknown>>(sql`
      select type, value from identifiers where customer_id = ${customerId} order by attached_at, type, value`)
    persons.push({ customer, records, identifiers: identifiers.map(({ type, value }) => ({ type, value })) })
  }
  return persons
}

import { sql } from "drizzle-orm"
import type { Reservation } from "../../core/decision/contact.ts"
import type { Database } from "../database/database.ts"
import { toTimestamp } from "../database/epoch.ts"
import type { CustomerLookup } from "./resolve-customer-ids.ts"

type Transaction = Pick<Database, "execute">

/** Offers made to a customer, under the lock of their contact row. */
export interface LockedContact {
  /** Owner of the rows: of a merged customer, the one they became. */
  customerId: string
  reservations: readonly Reservation[]
}

/**
 * Locks the contact rows of customers in order of id, making those that are missing; by the id that was asked for. Whose profile was
 * erased meanwhile has none.
 */
export async function lockContacts(
  transaction: Transaction,
  customers: readonly CustomerLookup[],
  nowMs: number,
): Promise<Map<string, LockedContact>> {
  const known = new Map(customers.map(({ customerId, customerKnown = false }) => [customerId, customerKnown]))
  const asked = JSON.stringify([...known].map(([id, isKnown]) => ({ id, known: isKnown })))
  const rows = await transaction.execute<LockedContact & { asked: string } & Record<string, unknown>>(sql`
    select asked, customer_id as "customerId", reservations
    from lock_contacts(${asked}::jsonb, ${toTimestamp(nowMs)})`)
  const contacts = new Map<string, LockedContact>()
  const byCustomer = new Map<string, LockedContact>()
  for (const { asked: id, customerId, reservations } of rows) {
    const contact = byCustomer.get(customerId) ?? { customerId, reservations }
    byCustomer.set(customerId, contact)
    contacts.set(id, contact)
  }
  return contacts
}

/** Writes contact rows the caller has locked. */
export async function writeContacts(
  transaction: Transaction,
  contacts: readonly LockedContact[],
  nowMs: number,
): Promise<void> {
  if (contacts.length === 0) return
  await transaction.execute(sql`
    update contacts set reservations = fresh.reservations, updated_at = ${toTimestamp(nowMs)}
    from jsonb_to_recordset(${JSON.stringify(contacts)}::jsonb) as fresh("customerId" uuid, reservations jsonb)
    where contacts.customer_id = fresh."customerId"`)
}

import { sql } from "drizzle-orm"
import type { Reservation } from "../../core/decision/contact.ts"
import type { Database } from "../database/database.ts"

type Transaction = Pick<Database, "execute">

/** What a customer was offered, under the lock of their contact row. */
export interface LockedContact {
  /** Whom the rows belong to: of a merged customer, the one they became. */
  customerId: string
  reservations: readonly Reservation[]
}

export interface AskedCustomer {
  customerId: string
  /** Whether they had a profile; then there must still be one. */
  customerKnown?: boolean
}

/**
 * Locks the contact rows of customers in order of id, making those that are missing; by the id that was asked for. Whose profile was
 * erased meanwhile has none.
 */
export async function lockContacts(
  transaction: Transaction,
  customers: readonly AskedCustomer[],
  nowMs: number,
): Promise<Map<string, LockedContact>> {
  const known = new Map(customers.map(({ customerId, customerKnown = false }) => [customerId, customerKnown]))
  const asked = JSON.stringify([...known].map(([id, isKnown]) => ({ id, known: isKnown })))
  const rows = await transaction.execute<LockedContact & { asked: string } & Record<string, unknown>>(sql`
    with asked as materialized (
      select id as asked, standing_customer(id, known) as customer_id
      from (select * from json_to_recordset(${asked}::json) as given(id uuid, known boolean) order by id) given
    ),
    locked as (
      insert into contacts (customer_id, updated_at)
      select distinct customer_id, to_timestamp(${nowMs}::float8 / 1000) from asked where customer_id is not null
      order by customer_id
      on conflict (customer_id) do update set version = contacts.version + 1
      returning customer_id, reservations
    )
    select asked, customer_id as "customerId", reservations from asked join locked using (customer_id)`)
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
    update contacts set reservations = fresh.reservations, updated_at = to_timestamp(${nowMs}::float8 / 1000)
    from jsonb_to_recordset(${JSON.stringify(contacts)}::jsonb) as fresh("customerId" uuid, reservations jsonb)
    where contacts.customer_id = fresh."customerId"`)
}

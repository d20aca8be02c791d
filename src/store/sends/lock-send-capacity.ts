import { sql } from "drizzle-orm"
import type { Reservation } from "../../core/decision/contact.ts"
import { approachId, defaultChannelOf, offerKindOf } from "../../core/plan/plan-gates.ts"
import { lockContacts, writeContacts } from "../customers/lock-contacts.ts"
import { lockCapacities } from "../plans/capacities.ts"
import type { SendCapacity } from "./send-capacity.ts"
import type { StoredSend } from "./send-rows.ts"
import type { Transaction } from "./send-transition.ts"

/** Reads what sends reserve, under the locks of those capacities; only a transition under the customer's lock changes it. */
export async function lockSendCapacity(
  transaction: Transaction,
  sends: readonly StoredSend[],
  nowMs: number,
): Promise<SendCapacity[]> {
  if (sends.length === 0) return []
  const ids = JSON.stringify(sends.map(({ id }) => id))
  const holds = await transaction.execute<SendCapacity & Record<string, unknown>>(sql`
    select decision_id as "sendId", key from supply_holds
    where decision_id in (select id::uuid from json_array_elements_text(${ids}::json) as given(id))`)
  await lockCapacities(
    transaction,
    holds.map(({ key }) => key),
    nowMs,
  )
  return [...holds]
}

/** Locks the contacts of sends and updates the reservation of each; a send that was never reserved gets one. */
export async function updateContacts(
  transaction: Transaction,
  sends: readonly StoredSend[],
  nowMs: number,
  answer: (held: Reservation, send: StoredSend) => Reservation,
): Promise<{ write(): Promise<void> }> {
  if (sends.length === 0) return { write: async () => {} }
  const contacts = await lockContacts(transaction, sends, nowMs)
  const reservations = new Map([...contacts.values()].map((contact) => [contact.customerId, contact.reservations]))
  for (const send of sends) {
    const all = reservations.get(send.customerId)!
    const standing = all.find(({ decisionId }) => decisionId === send.id) ?? fresh(send, nowMs)
    const others = all.filter(({ decisionId }) => decisionId !== send.id)
    reservations.set(send.customerId, [...others, answer(standing, send)])
  }
  const changed = [...reservations].map(([customerId, all]) => ({ customerId, reservations: all }))
  return { write: () => writeContacts(transaction, changed, nowMs) }
}

const fresh = ({ id, itemId, autonomyLevel }: StoredSend, nowMs: number): Reservation => ({
  decisionId: id,
  offerId: approachId(itemId),
  channel: defaultChannelOf[autonomyLevel],
  kind: offerKindOf[autonomyLevel],
  reservedAt: nowMs,
  expiresAt: nowMs,
  activatedAt: null,
})

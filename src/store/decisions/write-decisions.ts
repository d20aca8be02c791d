import { sql } from "drizzle-orm"
import { retainedReservations } from "../../core/decision/contact.ts"
import { type ReservationRequest, reservationRefusal } from "../../core/decision/reservation-request.ts"
import type { Drop } from "../../core/decision/stages.ts"
import { type LockedContact, lockContacts, writeContacts } from "../customers/lock-contacts.ts"
import type { Database } from "../database/database.ts"
import { lockCapacities, type ReservedCapacity, reserveCapacities } from "../plans/capacities.ts"
import type { Decision } from "./decision-types.ts"

export interface DecisionEntry {
  decision: Decision
  reservationRequest: ReservationRequest | undefined
}

type Transaction = Pick<Database, "execute">

/**
 * Writes decisions. Those that reserve something are checked one after another under the locks of their contact rows and capacities, so
 * `transaction` must be one; of each the refusal comes back, `null` for what was written. What expired unused, or was used longer ago
 * than any contact policy looks back, is dropped from a contact row that is written.
 */
export async function writeDecisions(
  transaction: Transaction,
  entries: readonly DecisionEntry[],
): Promise<(Drop | null)[]> {
  const reserving = entries.flatMap(({ decision, reservationRequest }) =>
    reservationRequest ? [{ decision, reservationRequest }] : [],
  )
  const { refusals, ...reserved } = await reserve(transaction, reserving)
  const standing = entries.flatMap(({ decision }) => (refusals.has(decision.id) ? [] : [decision]))
  // Sent together, so that a group costs one way there and back.
  await Promise.all([
    writeContacts(transaction, reserved.contacts, reserved.nowMs),
    reserveCapacities(transaction, reserved.holds),
    standing.length > 0 && insertDecisions(transaction, standing),
  ])
  return entries.map(({ decision }) => refusals.get(decision.id) ?? null)
}

interface Reserved {
  /** Refusals by decision id. */
  refusals: ReadonlyMap<string, Drop>
  /** Contacts to write for the reservations that stand. */
  contacts: readonly LockedContact[]
  holds: readonly ReservedCapacity[]
  nowMs: number
}

/** Locks contacts and capacities, then checks and reserves one decision after another. */
async function reserve(
  transaction: Transaction,
  entries: readonly { decision: Decision; reservationRequest: ReservationRequest }[],
): Promise<Reserved> {
  if (entries.length === 0) return { refusals: new Map(), contacts: [], holds: [], nowMs: 0 }
  const nowMs = Math.max(...entries.map(({ decision }) => decision.at))
  const contacts = await lockContacts(
    transaction,
    entries.map(({ decision }) => decision),
    nowMs,
  )
  const keys = entries.flatMap(({ reservationRequest }) => reservationRequest.claims.map(({ key }) => key))
  const capacityUsage = await lockCapacities(transaction, keys, nowMs)
  const current = new Map([...contacts.values()].map((contact) => [contact.customerId, contact]))
  const changed = new Map<string, LockedContact>()
  const refusals = new Map<string, Drop>()
  const holds: ReservedCapacity[] = []
  for (const { decision, reservationRequest } of entries) {
    const contact = contacts.get(decision.customerId)
    if (contact === undefined) continue
    const { customerId } = contact
    const { reservations } = changed.get(customerId) ?? current.get(customerId)!
    const refusal = reservationRefusal(reservationRequest, reservations, capacityUsage)
    if (refusal) {
      refusals.set(decision.id, refusal)
      continue
    }
    const kept = [...retainedReservations(reservations, nowMs), reservationRequest.reservation]
    changed.set(customerId, { customerId, reservations: kept })
    for (const { key, held } of reservationRequest.claims) {
      capacityUsage.set(key, capacityUsage.get(key)! + held)
      if (held > 0)
        holds.push({ decisionId: decision.id, key, amount: held, expiresAt: reservationRequest.reservation.expiresAt })
    }
  }
  return { refusals, contacts: [...changed.values()], holds, nowMs }
}

/** A customer who is being merged or erased is waited for, so that no row stays behind under an id that ended. */
async function insertDecisions(transaction: Transaction, decisions: readonly Decision[]): Promise<void> {
  await transaction.execute(sql`select insert_decisions(${JSON.stringify(decisions)}::jsonb)`)
}

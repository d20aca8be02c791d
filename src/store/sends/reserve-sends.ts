import { sql } from "drizzle-orm"
import { retainedReservations } from "../../core/decision/contact.ts"
import type { ReservationRequest } from "../../core/decision/reservation-request.ts"
import { openStates } from "../../core/history/send-state.ts"
import { sendReservationRefusal, sendReservationRequest } from "../../core/plan/evaluate-transition.ts"
import { stockKey } from "../../core/plan/resource-claims.ts"
import { hourMs } from "../../core/time/durations.ts"
import { type LockedContact, lockContacts, writeContacts } from "../customers/lock-contacts.ts"
import { lockCapacities, type ReservedCapacity, reserveCapacities } from "../plans/capacities.ts"
import { neverExpires } from "./send-capacity.ts"
import type { StoredSend } from "./send-rows.ts"
import type { LockedSend, RefusedSend, Transaction, TransitionOrder, TransitionOutcome } from "./send-transition.ts"

/** Reserves contact, money, volume and stock for one send after another, under the locks of all; a refused send is retried an hour later. */
export async function reserveSends(
  transaction: Transaction,
  locked: readonly LockedSend[],
  { at, nowMs }: TransitionOrder,
): Promise<TransitionOutcome> {
  if (locked.length === 0) return { moved: [], refused: [] }
  const customerIds = locked.map(({ send }) => send.customerId)
  const contacts = await lockContacts(
    transaction,
    locked.map(({ send }) => send),
    nowMs,
  )
  const requests = locked.map((one) => sendReservationRequest(one, nowMs))
  const keys = requests.flatMap(({ claims }) => claims.map(({ key }) => key))
  const capacityUsage = await lockCapacities(transaction, keys, nowMs)
  const stock = await stockOf(transaction, locked)
  const counts = await countSends(transaction, customerIds)
  const reservationsOf = new Map([...contacts.values()].map((contact) => [contact.customerId, contact.reservations]))
  const moved: StoredSend[] = []
  const refused: RefusedSend[] = []
  const changed = new Set<string>()
  const reserved: ReservedCapacity[] = []
  for (const [n, one] of locked.entries()) {
    const { send, plan } = one
    const request = withStock(requests[n]!, stock)
    const reservations = reservationsOf.get(send.customerId)!
    const room = {
      ofPlan: counts.ofPlan(send),
      inFlight: counts.inFlight(send.customerId),
      reservations,
      capacityUsage,
    }
    const reason = sendReservationRefusal(one, request, room, nowMs)
    if (reason !== null) {
      refused.push({ send: { ...send, resolveBy: nowMs + hourMs }, reason })
      continue
    }
    reservationsOf.set(send.customerId, [...retainedReservations(reservations, nowMs), request.reservation])
    changed.add(send.customerId)
    counts.add(send)
    for (const { key, held: amount } of request.claims) {
      capacityUsage.set(key, capacityUsage.get(key)! + amount)
      if (amount > 0) reserved.push({ decisionId: send.id, key, amount, expiresAt: neverExpires })
    }
    moved.push({
      ...send,
      terms: termsOf(one),
      vetoUntil: plan.request.autonomyLevel === "announce" ? at + plan.request.vetoHours * hourMs : null,
      resolveBy: request.reservation.expiresAt,
    })
  }
  const written = [...changed].map(
    (customerId): LockedContact => ({
      customerId,
      reservations: reservationsOf.get(customerId)!,
    }),
  )
  await writeContacts(transaction, written, nowMs)
  await reserveCapacities(transaction, reserved)
  return { moved, refused }
}

/** Reads stock on hand by capacity key, under the locks of those capacities. */
async function stockOf(transaction: Transaction, locked: readonly LockedSend[]): Promise<ReadonlyMap<string, number>> {
  const ids = JSON.stringify([...new Set(locked.map(({ send }) => send.itemId))])
  const rows = await transaction.execute<{ id: string; stock: number }>(sql`
    select id, (item ->> 'stock')::float8 as stock from items
    where deleted_at is null and item ? 'stock' and id in (select json_array_elements_text(${ids}::json))`)
  return new Map(rows.map(({ id, stock }) => [stockKey(id), stock]))
}

const withStock = (request: ReservationRequest, stock: ReadonlyMap<string, number>): ReservationRequest => ({
  ...request,
  claims: request.claims.map((claim) => ({ ...claim, limit: stock.get(claim.key) ?? claim.limit })),
})

interface SendCounts {
  ofPlan(send: StoredSend): number
  inFlight(customerId: string): number
  add(send: StoredSend): void
}

/** Counts sends a customer: of each plan those made, of all plans those in flight. */
async function countSends(transaction: Transaction, customerIds: readonly string[]): Promise<SendCounts> {
  const rows = await transaction.execute<{ customerId: string; planId: string; made: number; open: number }>(sql`
    select customer_id as "customerId", plan_id as "planId",
      count(*) filter (where times ? 'reserved' and state <> 'vetoed')::int as made,
      count(*) filter (where state in (select json_array_elements_text(${JSON.stringify(openStates)}::json)))::int as open
    from sends where customer_id in (select id::uuid from json_array_elements_text(${JSON.stringify(customerIds)}::json) as given(id))
    group by 1, 2`)
  const made = new Map(rows.map((row) => [`${row.customerId} ${row.planId}`, row.made]))
  const open = new Map<string, number>()
  for (const row of rows) open.set(row.customerId, (open.get(row.customerId) ?? 0) + row.open)
  return {
    ofPlan: ({ customerId, planId }) => made.get(`${customerId} ${planId}`) ?? 0,
    inFlight: (customerId) => open.get(customerId) ?? 0,
    add({ customerId, planId }) {
      made.set(`${customerId} ${planId}`, (made.get(`${customerId} ${planId}`) ?? 0) + 1)
      open.set(customerId, (open.get(customerId) ?? 0) + 1)
    },
  }
}

function termsOf({ profile, policy, item }: LockedSend): StoredSend["terms"] {
  const consent = profile.consents["unasked-parcel"]
  return {
    policyVersion: policy.version,
    ...(item?.price !== undefined && { price: item.price }),
    ...(consent?.granted && { consentAt: consent.at }),
  }
}

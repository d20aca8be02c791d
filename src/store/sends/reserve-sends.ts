import { sql } from "drizzle-orm"
import { timeZoneOf } from "../../core/decision/candidate.ts"
import { claimsOf } from "../../core/decision/capacity-usage.ts"
import { type Reservation, remembered } from "../../core/decision/contact.ts"
import { type Booking, bookingRefusal } from "../../core/decision/reservation-request.ts"
import { openStates } from "../../core/history/send-state.ts"
import {
  approachId,
  customerRefusal,
  inFlightRefusal,
  isGift,
  itemRefusal,
  kindOf,
} from "../../core/plan/allowed-levels.ts"
import { ladderTerms } from "../../core/plan/plan-constraints.ts"
import { sendClaims, stockKey } from "../../core/plan/resource-claims.ts"
import { type LockedContact, lockContacts, writeContacts } from "../customers/lock-contacts.ts"
import { type Hold, holdSupplies, lockSupplies } from "../plans/capacities.ts"
import { neverExpires } from "./send-holds.ts"
import type { MoveOrder, Moving, Transaction, Tried } from "./send-move.ts"
import type { StoredSend } from "./send-rows.ts"

const hourMs = 3_600_000
const dayMs = 24 * hourMs

/** Takes contact, money, volume and stock for one send after another, under the locks of all of them; what is refused is tried again an hour later. */
export async function reserveSends(
  transaction: Transaction,
  moving: readonly Moving[],
  { at, nowMs }: MoveOrder,
): Promise<Tried> {
  if (moving.length === 0) return { moved: [], refused: [] }
  const customerIds = moving.map(({ send }) => send.customerId)
  const contacts = await lockContacts(
    transaction,
    moving.map(({ send }) => send),
    nowMs,
  )
  const bookings = moving.map((one) => bookingOf(one, nowMs))
  const keys = bookings.flatMap(({ claims }) => claims.map(({ key }) => key))
  const supplies = await lockSupplies(transaction, keys, nowMs)
  const stock = await stockOf(transaction, moving)
  const counts = await countSends(transaction, customerIds)
  const reservations = new Map([...contacts.values()].map((contact) => [contact.customerId, contact.reservations]))
  const moved: StoredSend[] = []
  const refused: Tried["refused"][number][] = []
  const changed = new Set<string>()
  const holds: Hold[] = []
  for (const [n, one] of moving.entries()) {
    const { send, request } = one
    const booking = withStock(bookings[n]!, stock)
    const held = reservations.get(send.customerId)!
    const reason = gateRefusal(one, counts, nowMs) ?? bookingRefusal(booking, held, supplies)?.reason
    if (reason !== undefined) {
      refused.push({ send: { ...send, resolveBy: nowMs + hourMs }, reason })
      continue
    }
    reservations.set(send.customerId, [...remembered(held, nowMs), booking.reservation])
    changed.add(send.customerId)
    counts.add(send)
    for (const { key, held: amount } of booking.claims) {
      supplies.set(key, supplies.get(key)! + amount)
      if (amount > 0) holds.push({ decisionId: send.id, key, amount, expiresAt: neverExpires })
    }
    moved.push({
      ...send,
      terms: termsOf(one),
      vetoUntil: request.autonomyLevel === "announce" ? at + request.vetoHours * hourMs : null,
      resolveBy: booking.reservation.expiresAt,
    })
  }
  const written = [...changed].map(
    (customerId): LockedContact => ({
      customerId,
      reservations: reservations.get(customerId)!,
    }),
  )
  await writeContacts(transaction, written, nowMs)
  await holdSupplies(transaction, holds)
  return { moved, refused }
}

/** Stock on hand as the catalogue has it under the locks of its supplies, by supply key. */
async function stockOf(transaction: Transaction, moving: readonly Moving[]): Promise<ReadonlyMap<string, number>> {
  const ids = JSON.stringify([...new Set(moving.map(({ send }) => send.itemId))])
  const rows = await transaction.execute<{ id: string; stock: number }>(sql`
    select id, (item ->> 'stock')::float8 as stock from items
    where deleted_at is null and item ? 'stock' and id in (select json_array_elements_text(${ids}::json))`)
  return new Map(rows.map(({ id, stock }) => [stockKey(id), stock]))
}

const withStock = (booking: Booking, stock: ReadonlyMap<string, number>): Booking => ({
  ...booking,
  claims: booking.claims.map((claim) => ({ ...claim, limit: stock.get(claim.key) ?? claim.limit })),
})

interface SendCounts {
  ofPlan(send: StoredSend): number
  inFlight(customerId: string): number
  add(send: StoredSend): void
}

/** How many sends of a plan each customer got or will get, and how many of any plan are under way to them. */
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

function gateRefusal(
  { send, profile, request, policy, item }: Moving,
  counts: SendCounts,
  nowMs: number,
): string | undefined {
  const terms = ladderTerms(request, policy, nowMs)
  if (!send.gift && isGift(terms, profile.consents)) return "the customer's opt-in is not known any more"
  if (counts.ofPlan(send) >= request.budgets.contactsPerCustomer)
    return "the plan has reached the customer as often as it may"
  const inFlight = counts.inFlight(send.customerId)
  const refusal =
    customerRefusal(profile, terms) ??
    inFlightRefusal({ inFlight }, terms) ??
    itemRefusal(profile, item, undefined, terms)
  return refusal?.reason
}

function bookingOf({ send, profile, request, policy, item }: Moving, nowMs: number): Booking {
  const { autonomyLevel, channel } = ladderTerms(request, policy, nowMs)
  const offerId = approachId(send.itemId)
  const reservation: Reservation = {
    decisionId: send.id,
    offerId,
    channel,
    kind: kindOf[autonomyLevel],
    reservedAt: nowMs,
    expiresAt: nowMs + request.reservationDays * dayMs,
    activatedAt: null,
  }
  const ofPolicy = claimsOf(
    { id: offerId, kind: kindOf[autonomyLevel], volume: undefined, cost: send.money },
    policy,
    nowMs,
  )
  return {
    approach: { offerId, kind: kindOf[autonomyLevel], channel },
    reservation,
    contact: policy.contact,
    timeZone: timeZoneOf(profile, policy),
    isService: false,
    claims: [...sendClaims(send, request, item), ...ofPolicy],
  }
}

function termsOf({ profile, policy, item }: Moving): StoredSend["terms"] {
  const consent = profile.consents["unasked-parcel"]
  return {
    policyVersion: policy.version,
    ...(item?.price !== undefined && { price: item.price }),
    ...(consent?.granted && { consentAt: consent.at }),
  }
}

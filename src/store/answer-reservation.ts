import { sql } from "drizzle-orm"
import type { OfferKind } from "../core/catalogue/offer.ts"
import type { Channel } from "../core/customer/consent.ts"
import { type Reservation, remembered } from "../core/decision/contact.ts"
import { acceptances, type Outcome } from "../core/decision/outcome.ts"
import { acceptedKey } from "../core/decision/supplies.ts"
import type { Database } from "./database.ts"
import { lockContacts, writeContacts } from "./lock-contacts.ts"
import { countUse, spendHolds } from "./supplies.ts"

type Transaction = Pick<Database, "execute">

interface Activated extends Record<string, unknown> {
  customerId: string
  offerId: string | null
  kind: OfferKind | null
  channel: Channel | null
  /** False when it was before. */
  isFirst: boolean
}

/** Turns what a decision reserved into use at `at` (milliseconds since the epoch), and remembers what the customer answered. Harmless to repeat. */
export async function answerReservation(
  transaction: Transaction,
  decisionId: string,
  at: number,
  outcome?: Outcome,
): Promise<void> {
  const [activated] = await transaction.execute<Activated>(sql`
    with found as (
      select decisions.customer_id, decisions.at, decisions.id, decisions.activated_at
      from decision_index join decisions using (customer_id, at, id) where id = ${decisionId}
    )
    update decisions set activated_at = coalesce(decisions.activated_at, to_timestamp(${at}::float8 / 1000)) from found
    where decisions.customer_id = found.customer_id and decisions.at = found.at and decisions.id = found.id
    returning decisions.customer_id as "customerId", offer_id as "offerId", kind, channel, found.activated_at is null as "isFirst"`)
  if (!activated || activated.offerId === null || activated.channel === null) return
  if (!activated.isFirst && outcome === "impression") return
  const { customerId, offerId, channel, kind } = activated
  const contacts = await lockContacts(transaction, [customerId], at)
  const contact = contacts.get(customerId)!
  const standing = contact.reservations.find((held) => held.decisionId === decisionId)
  const before: Reservation = standing ?? {
    decisionId,
    offerId,
    channel,
    ...(kind && { kind }),
    reservedAt: at,
    expiresAt: at,
    activatedAt: null,
  }
  const after = answered({ ...before, activatedAt: before.activatedAt ?? at }, at, outcome)
  const reservations = standing
    ? contact.reservations.map((held) => (held === standing ? after : held))
    : [...contact.reservations, after]
  await writeContacts(transaction, [{ customerId: contact.customerId, reservations: remembered(reservations, at) }], at)
  if (activated.isFirst) await spendHolds(transaction, decisionId)
  if (after.response === "accepted" && before.response !== "accepted") await countUse(transaction, acceptedKey(offerId))
}

function answered(held: Reservation, at: number, outcome: Outcome | undefined): Reservation {
  if (held.response === "accepted" || outcome === undefined || outcome === "impression") return held
  if (acceptances.includes(outcome)) return { ...held, response: "accepted", respondedAt: at }
  if (outcome === "dismissed" || outcome === "unsubscribed") return { ...held, response: "dismissed", respondedAt: at }
  return outcome === "click" ? { ...held, response: "clicked", respondedAt: at } : held
}

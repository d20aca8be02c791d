import { type SQL, sql } from "drizzle-orm"
import type { OfferKind } from "../../core/catalogue/offer.ts"
import { acceptedKey } from "../../core/decision/capacity-usage.ts"
import { type Reservation, remembered } from "../../core/decision/contact.ts"
import { acceptances, type Outcome } from "../../core/history/outcome.ts"
import type { Channel } from "../../core/schema/channel.ts"
import { countedTime } from "../../core/time/reported-time.ts"
import { lockContacts, writeContacts } from "../customers/lock-contacts.ts"
import type { Database } from "../database/database.ts"
import { countUse, useReservedCapacity } from "../plans/capacities.ts"

type Transaction = Pick<Database, "execute">

interface Activated extends Record<string, unknown> {
  customerId: string
  offerId: string | null
  kind: OfferKind | null
  channel: Channel | null
  /** False when it was before. */
  isFirst: boolean
  decidedAt: number
}

/** When something happened by the caller's clock and when it is recorded by the server's, milliseconds since the epoch. */
export interface ReportedMoment {
  reportedAt: number
  nowMs: number
}

/** `countedTime` in SQL: the reported time, but not before the decision's nor after now. */
export const countedAt = (decidedAt: SQL, { reportedAt, nowMs }: ReportedMoment): SQL =>
  sql`greatest(${decidedAt}, to_timestamp(least(${reportedAt}::float8, ${nowMs}::float8) / 1000))`

/**
 * Turns what a decision reserved into use, and remembers what the customer answered. It counts from the reported time as far as the
 * decision's and the server's clock allow. Harmless to repeat.
 */
export async function answerReservation(
  transaction: Transaction,
  decisionId: string,
  moment: ReportedMoment,
  outcome?: Outcome,
): Promise<void> {
  const { reportedAt, nowMs } = moment
  const [activated] = await transaction.execute<Activated>(sql`
    with found as (
      select decisions.customer_id, decisions.at, decisions.id, decisions.activated_at,
        to_timestamp(${reportedAt}::float8 / 1000) as reported, ${countedAt(sql`decisions.at`, moment)} as counted
      from decision_index join decisions using (customer_id, at, id) where id = ${decisionId}
    )
    update decisions set activated_at = coalesce(decisions.activated_at, counted),
      activation_reported_at = case when decisions.activated_at is null then nullif(reported, counted) else activation_reported_at end
    from found
    where decisions.customer_id = found.customer_id and decisions.at = found.at and decisions.id = found.id
    returning decisions.customer_id as "customerId", offer_id as "offerId", kind, channel, found.activated_at is null as "isFirst",
      (extract(epoch from found.at) * 1000)::float8 as "decidedAt"`)
  if (!activated || activated.offerId === null || activated.channel === null) return
  if (!activated.isFirst && outcome === "impression") return
  const { customerId, offerId, channel, kind, decidedAt } = activated
  const at = countedTime(reportedAt, { fromMs: decidedAt, nowMs })
  const contacts = await lockContacts(transaction, [{ customerId }], nowMs)
  const contact = contacts.get(customerId)!
  const standing = contact.reservations.find((held) => held.decisionId === decisionId)
  const before: Reservation = standing ?? {
    decisionId,
    offerId,
    channel,
    ...(kind && { kind }),
    reservedAt: decidedAt,
    expiresAt: decidedAt,
    activatedAt: null,
  }
  const after = answered({ ...before, activatedAt: before.activatedAt ?? at }, at, outcome)
  const reservations = standing
    ? contact.reservations.map((held) => (held === standing ? after : held))
    : [...contact.reservations, after]
  const written = { customerId: contact.customerId, reservations: remembered(reservations, nowMs) }
  await writeContacts(transaction, [written], nowMs)
  if (activated.isFirst) await useReservedCapacity(transaction, decisionId)
  if (after.response === "accepted" && before.response !== "accepted") await countUse(transaction, acceptedKey(offerId))
}

function answered(held: Reservation, at: number, outcome: Outcome | undefined): Reservation {
  if (held.response === "accepted" || outcome === undefined || outcome === "impression") return held
  if (acceptances.includes(outcome)) return { ...held, response: "accepted", respondedAt: at }
  if (outcome === "dismissed" || outcome === "unsubscribed") return { ...held, response: "dismissed", respondedAt: at }
  return outcome === "click" ? { ...held, response: "clicked", respondedAt: at } : held
}

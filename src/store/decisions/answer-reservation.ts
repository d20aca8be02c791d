import { sql } from "drizzle-orm"
import type { OfferKind } from "../../core/catalogue/offer.ts"
import { acceptedKey } from "../../core/decision/capacity-usage.ts"
import { type Reservation, retainedReservations } from "../../core/decision/contact.ts"
import { acceptances, type Outcome } from "../../core/history/outcome.ts"
import type { Channel } from "../../core/schema/channel.ts"
import { countedTime } from "../../core/time/reported-time.ts"
import { lockContacts, writeContacts } from "../customers/lock-contacts.ts"
import type { Database } from "../database/database.ts"
import { toTimestamp } from "../database/epoch.ts"
import { countUse, useReservedCapacity } from "../plans/capacities.ts"
import { isDecision, type SettledDecision } from "./settled-decision.ts"

type Transaction = Pick<Database, "execute">

interface AnsweredDecision extends Record<string, unknown> {
  offerId: string | null
  kind: OfferKind | null
  channel: Channel | null
  /** True when it was not activated before. */
  isFirst: boolean
}

/** Time of an event by the caller's clock and of its recording by the server's, milliseconds since the epoch. */
export interface ReportedMoment {
  reportedAt: number
  nowMs: number
}

/**
 * Turns what a decision reserved into use, and remembers what the customer answered. It counts from the reported time as far as the
 * decision's and the server's clock allow. Harmless to repeat.
 */
export async function answerReservation(
  transaction: Transaction,
  decision: SettledDecision,
  { reportedAt, nowMs }: ReportedMoment,
  outcome?: Outcome,
): Promise<void> {
  const { id: decisionId, customerId, at: decidedAt } = decision
  const at = countedTime(reportedAt, { fromMs: decidedAt, nowMs })
  const reported = at === reportedAt ? null : reportedAt
  // Sent together, so that they cost one way there and back.
  const [[found]] = await Promise.all([
    transaction.execute<AnsweredDecision>(sql`
      select offer_id as "offerId", kind, channel, activated_at is null as "isFirst"
      from decisions where ${isDecision(decision)} for update`),
    transaction.execute(sql`
      update decisions set activated_at = ${toTimestamp(at)}, activation_reported_at = ${toTimestamp(reported)}
      where ${isDecision(decision)} and activated_at is null`),
  ])
  if (!found || found.offerId === null || found.channel === null) return
  const { offerId, channel, kind, isFirst } = found
  if (!isFirst && outcome === "impression") return
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
  const written = { customerId: contact.customerId, reservations: retainedReservations(reservations, nowMs) }
  await Promise.all([
    writeContacts(transaction, [written], nowMs),
    isFirst && useReservedCapacity(transaction, decisionId),
    after.response === "accepted" && before.response !== "accepted" && countUse(transaction, acceptedKey(offerId)),
  ])
}

function answered(held: Reservation, at: number, outcome: Outcome | undefined): Reservation {
  if (held.response === "accepted" || outcome === undefined || outcome === "impression") return held
  if (acceptances.includes(outcome)) return { ...held, response: "accepted", respondedAt: at }
  if (outcome === "dismissed" || outcome === "unsubscribed") return { ...held, response: "dismissed", respondedAt: at }
  return outcome === "click" ? { ...held, response: "clicked", respondedAt: at } : held
}

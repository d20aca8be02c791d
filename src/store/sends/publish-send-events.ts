import { sql } from "drizzle-orm"
import type { Event } from "../../core/history/event.ts"
import { fold } from "../../core/history/fold.ts"
import { sendEventNames } from "../../core/history/send-events.ts"
import { type Profile, writeProfiles } from "../customers/profiles.ts"
import { columnToTimestamp, toTimestamp } from "../database/epoch.ts"
import { enqueue } from "../webhooks/outbox.ts"
import type { StoredSend } from "./send-rows.ts"
import type { Transaction, TransitionOrder } from "./send-transition.ts"

/** Publishes transitions of sends: an event in each customer's history, folded into the locked profiles, and a webhook message. */
export async function publishSendEvents(
  transaction: Transaction,
  sends: readonly StoredSend[],
  profiles: ReadonlyMap<string, Profile>,
  order: TransitionOrder,
): Promise<void> {
  if (sends.length === 0) return
  const told = sends.map((send) => ({ send, event: eventOf(send, order) }))
  const histories = new Map<string, Profile["history"]>()
  for (const { send, event } of told) {
    const before = histories.get(send.customerId) ?? profiles.get(send.customerId)!.history
    histories.set(send.customerId, fold(before, [event]))
  }
  // A send is no act of the customer's, so the vector of the history stays as it is.
  const changed = [...histories].map(([customerId, history]): Profile => {
    const { derived: _, ...profile } = profiles.get(customerId)!
    return { ...profile, history }
  })
  await insertSendEvents(transaction, told, order.nowMs)
  await writeProfiles(transaction, changed, new Set())
  await enqueue(
    transaction,
    told.map(({ send, event }) => ({
      subject: `send:${send.id}`,
      type: `send.${send.state}`,
      customerId: send.customerId,
      at: event.at,
      payload: payloadOf(send, order),
    })),
  )
}

function eventOf(send: StoredSend, { at: reportedAt, byTimeout, messageId }: TransitionOrder): Event {
  const { id, planId, itemId, autonomyLevel, state, gift, terms, times } = send
  const at = times[state]!
  const reported = at === reportedAt ? {} : { reportedAt: new Date(reportedAt).toISOString() }
  return {
    messageId: `send:${id}:${state}`,
    at,
    name: sendEventNames[state as keyof typeof sendEventNames],
    lines: [{ itemId, quantity: 1, ...(terms.price !== undefined && { price: terms.price }) }],
    properties: {
      sendId: id,
      planId,
      autonomyLevel,
      gift,
      byTimeout,
      ...reported,
      ...(messageId !== undefined && { messageId }),
    },
  }
}

async function insertSendEvents(
  transaction: Transaction,
  told: readonly { send: StoredSend; event: Event }[],
  receivedAt: number,
): Promise<void> {
  const rows = told.map(({ send, event }) => ({ id: send.customerId, ...event }))
  await transaction.execute(sql`
    insert into events (customer_id, at, message_id, name, lines, properties, received_at)
    select id, ${columnToTimestamp("at")}, "messageId", name, lines, properties, ${toTimestamp(receivedAt)}
    from json_to_recordset(${JSON.stringify(rows)}::json) as given(
      id uuid, at float8, "messageId" text, name text, lines jsonb, properties jsonb)`)
}

/** Returns the webhook payload that a warehouse or an e-mail tool acts on. */
function payloadOf(send: StoredSend, { byTimeout, vetoTokenOf }: TransitionOrder): Record<string, unknown> {
  const { id, customerId, planId, itemId, autonomyLevel, state, gift, terms, vetoUntil } = send
  return {
    sendId: id,
    customerId,
    planId,
    itemId,
    autonomyLevel,
    state,
    gift,
    byTimeout,
    ...(terms.price !== undefined && { price: terms.price }),
    ...(vetoUntil !== null && { vetoUntil: new Date(vetoUntil).toISOString() }),
    ...(state === "reserved" && vetoTokenOf && { vetoToken: vetoTokenOf(send) }),
  }
}

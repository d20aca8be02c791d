import type { Reservation } from "../../core/decision/contact.ts"
import { answerContacts, lockHolds } from "./lock-holds.ts"
import { releaseSendHolds } from "./send-holds.ts"
import type { MoveOrder, Moving, Transaction, Tried } from "./send-move.ts"
import type { StoredSend } from "./send-rows.ts"

/** Ends sends: what they still hold is given back, and what the customer said of them is remembered. */
export async function endSends(
  transaction: Transaction,
  moving: readonly Moving[],
  { to, nowMs, byTimeout }: MoveOrder,
): Promise<Tried> {
  const moved = moving.map(({ send }) => ({ ...send, resolveBy: null, resolvedAt: nowMs }))
  const response = to === "kept" ? "accepted" : to === "returned" || to === "vetoed" ? "dismissed" : undefined
  const atById = new Map(moving.map(({ send, at }) => [send.id, at]))
  const answer = (held: Reservation, { id }: StoredSend): Reservation => {
    const at = atById.get(id)!
    return {
      ...held,
      activatedAt: held.activatedAt ?? at,
      ...(!byTimeout && response && { response, respondedAt: at }),
    }
  }
  const contacts = await answerContacts(transaction, moved, nowMs, answer)
  await releaseSendHolds(transaction, await lockHolds(transaction, moved, nowMs))
  await contacts.write()
  return { moved, refused: [] }
}

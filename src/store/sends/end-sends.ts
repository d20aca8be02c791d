import type { Reservation } from "../../core/decision/contact.ts"
import { lockSendCapacity, updateContacts } from "./lock-send-capacity.ts"
import { releaseSendCapacity } from "./send-capacity.ts"
import type { StoredSend } from "./send-rows.ts"
import type { LockedSend, Transaction, TransitionOrder } from "./send-transition.ts"

/** Releases what ended sends still reserve and records the customers' responses in their contacts; returns the sends as resolved. */
export async function endSends(
  transaction: Transaction,
  locked: readonly LockedSend[],
  { to, nowMs, byTimeout }: TransitionOrder,
): Promise<StoredSend[]> {
  const moved = locked.map(({ send }) => ({ ...send, resolveBy: null, resolvedAt: nowMs }))
  const response = to === "kept" ? "accepted" : to === "returned" || to === "vetoed" ? "dismissed" : undefined
  const atById = new Map(locked.map(({ send, at }) => [send.id, at]))
  const respond = (held: Reservation, { id }: StoredSend): Reservation => {
    const at = atById.get(id)!
    return {
      ...held,
      activatedAt: held.activatedAt ?? at,
      ...(!byTimeout && response && { response, respondedAt: at }),
    }
  }
  const contacts = await updateContacts(transaction, moved, nowMs, respond)
  await releaseSendCapacity(transaction, await lockSendCapacity(transaction, moved, nowMs))
  await contacts.write()
  return moved
}

import { lockSendCapacity } from "../sends/lock-send-capacity.ts"
import { lockSends } from "../sends/lock-sends.ts"
import { releaseSendCapacity } from "../sends/send-capacity.ts"
import { updateSends } from "../sends/send-rows.ts"
import type { Transaction } from "../sends/send-transition.ts"

/** Takes back reservations that nobody used; the sends are approved as before, and reserved anew where that is still possible. Their contacts lapse by themselves. */
export async function releaseReservations(
  transaction: Transaction,
  ids: readonly string[],
  nowMs: number,
): Promise<number> {
  const locked = await lockSends(transaction, ids)
  const sends = locked.sends.filter(
    ({ state, resolveBy }) => state === "reserved" && resolveBy !== null && resolveBy <= nowMs,
  )
  await releaseSendCapacity(transaction, await lockSendCapacity(transaction, sends, nowMs))
  const released = sends.map(({ times: { reserved: _, ...times }, ...send }) => ({
    ...send,
    state: "approved" as const,
    times,
    vetoUntil: null,
    resolveBy: null,
  }))
  await updateSends(transaction, released)
  return released.length
}

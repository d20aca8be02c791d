import type { SendState } from "../../core/history/send-state.ts"
import { shipsGoods } from "../../core/plan/plan-gates.ts"
import type { Services } from "../../services.ts"
import type { StoredSend } from "../../store/sends/send-rows.ts"
import { transitionAll } from "../plans/advance-plan.ts"

type Tools = Pick<Services, "store" | "policies" | "clock">

const sendsAtOnce = 100
const chunksATurn = 20

/**
 * Resolves sends whose deadline passed without a report: releases reservations; marks goods that never arrived lost, and goods that
 * arrived and did not come back kept (gifts: gifted), as customers agreed at their opt-in; a suggestion is kept if the customer bought the
 * item since, else lost. Returns the number of sends considered.
 */
export async function resolveOverdueSends(services: Tools): Promise<number> {
  let looked = 0
  for (let chunk = 0; chunk < chunksATurn; chunk++) {
    const nowMs = services.clock()
    const due = await services.store.sends.overdue(nowMs, sendsAtOnce)
    if (due.length === 0) return looked
    looked += due.length
    const reserved = due.filter(({ state }) => state === "reserved").map(({ id }) => id)
    if (reserved.length > 0) await services.store.sends.release(reserved, nowMs)
    const sendsByState = new Map<SendState, StoredSend[]>()
    for (const send of due) {
      if (send.state === "reserved") continue
      const state = await stateByTimeout(services, send)
      sendsByState.set(state, [...(sendsByState.get(state) ?? []), send])
    }
    for (const [state, sends] of sendsByState) await transitionAll(services, sends, state, { byTimeout: true })
  }
  return looked
}

async function stateByTimeout(
  { store }: Tools,
  { customerId, itemId, autonomyLevel, state, gift, times }: StoredSend,
): Promise<SendState> {
  if (shipsGoods(autonomyLevel)) return state === "dispatched" ? "lost" : gift ? "gifted" : "kept"
  const { history } = await store.customers.read({ customerId })
  const item = Object.hasOwn(history.items, itemId) ? history.items[itemId] : undefined
  return item?.purchaseTimes.some((at) => at >= times.dispatched!) ? "kept" : "lost"
}

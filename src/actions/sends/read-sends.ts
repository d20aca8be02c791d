import type { SendState } from "../../core/history/send-state.ts"
import type { SendReply } from "../../core/plan/plan-schema.ts"
import { ApiError } from "../../core/problem/problem.ts"
import { pageOf } from "../../core/schema/page.ts"
import { isoOrNull } from "../../core/time/iso-or-null.ts"
import type { Services } from "../../services.ts"
import type { StoredSend } from "../../store/sends/send-rows.ts"

type Tools = Pick<Services, "store" | "clock">

/** Returns a send; throws `notFound`. */
export async function readSend(services: Tools, id: string): Promise<SendReply> {
  const send = await services.store.sends.read(id)
  if (send === null) throw noSend(id)
  return sendReply(send)
}

/** A page of a plan's sends in order of id; `nextCursor` is `null` on the last. */
export async function listSends(
  services: Tools,
  {
    plan,
    state,
    cursor,
    limit,
  }: { plan: string; state?: SendState | undefined; cursor?: string | undefined; limit: number },
): Promise<{ sends: SendReply[]; nextCursor: string | null }> {
  const filter = { planId: plan, state, after: cursor, limit: limit + 1 }
  const found = await services.store.sends.list(filter)
  const { page, nextCursor } = pageOf(found, limit, ({ id }) => id)
  return { sends: page.map(sendReply), nextCursor }
}

export const noSend = (id: string): ApiError =>
  new ApiError("notFound", `there is no send ${id}; GET /v1/sends?plan=… lists those of a plan`)

export function sendReply(send: StoredSend): SendReply {
  const { id, customerId, planId, itemId, autonomyLevel, state, inHoldout, segment, times } = send
  const { keepProbability, organicProbability, expectedValue, gift } = send
  return {
    id,
    customerId,
    planId,
    itemId,
    autonomyLevel,
    state,
    inHoldout,
    segment,
    keepProbability,
    organicProbability,
    expectedValue,
    gift,
    times: Object.fromEntries(Object.entries(times).map(([name, ms]) => [name, isoOrNull(ms)])) as SendReply["times"],
    vetoUntil: isoOrNull(send.vetoUntil),
    resolveBy: isoOrNull(send.resolveBy),
    ...(send.arm !== undefined && { arm: send.arm }),
  }
}

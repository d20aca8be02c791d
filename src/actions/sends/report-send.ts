import type { SendState } from "../../core/history/send-state.ts"
import type { SendReply, SendReport } from "../../core/plan/plan-schema.ts"
import { ApiError } from "../../core/problem/problem.ts"
import { parseReportedTime } from "../../core/time/reported-time.ts"
import type { Services } from "../../services.ts"
import { noSend, sendReply } from "./read-sends.ts"

type Tools = Pick<Services, "store" | "clock" | "policies">

/** Records a reported state of a send, idempotently; throws `notFound`, or `conflict` with the reason of a refusal. */
export async function reportSend(
  services: Tools,
  id: string,
  to: SendState,
  { at, messageId }: SendReport,
): Promise<{ status: "recorded" | "repeated"; send: SendReply }> {
  const nowMs = services.clock()
  const order = {
    ids: [id],
    to,
    at: parseReportedTime(at, nowMs),
    nowMs,
    byTimeout: false,
    policyOf: services.policies.of,
  }
  const [result] = await services.store.sends.transition(messageId === undefined ? order : { ...order, messageId })
  if (result === undefined) throw noSend(id)
  if (result.status === "refused") throw new ApiError("conflict", result.reason!)
  return { status: result.status, send: sendReply(result.send) }
}

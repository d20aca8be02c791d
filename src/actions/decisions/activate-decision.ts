import { ApiError } from "../../core/problem/problem.ts"
import { parseReportedTime } from "../../core/time/reported-time.ts"
import type { Services } from "../../services.ts"
import { noDecision } from "./read-decision.ts"

/** Says that a decision is being carried out: what it reserved counts as used. */
export async function activateDecision(
  services: Pick<Services, "store" | "clock">,
  decisionId: string,
  at: string,
): Promise<{ status: "activated" }> {
  const nowMs = services.clock()
  const reportedAt = parseReportedTime(at, nowMs)
  const status = await services.store.decisions.activate(decisionId, { reportedAt, nowMs })
  if (status === "notFound") throw noDecision(decisionId)
  if (status === "expired")
    throw new ApiError("expired", "the decision has expired and its reservation is released; decide again")
  return { status }
}

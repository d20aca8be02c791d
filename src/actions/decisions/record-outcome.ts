import { holds } from "../../core/access/permissions.ts"
import type { Caller } from "../../core/access/scope.ts"
import { storedMessageId } from "../../core/history/message-id.ts"
import { browserOutcomes, type OutcomeRequest } from "../../core/history/outcome.ts"
import { ApiError } from "../../core/problem/problem.ts"
import { parseReportedTime } from "../../core/time/reported-time.ts"
import type { Services } from "../../services.ts"
import { unsubscribe } from "../content/unsubscribe.ts"
import { noDecision } from "./read-decision.ts"

/** Joins an outcome to its decision, once per message id. */
export async function recordOutcome(
  services: Pick<Services, "store" | "clock">,
  decisionId: string,
  { outcome, at, value, messageId }: OutcomeRequest,
  { scope }: Pick<Caller, "scope">,
): Promise<{ status: "recorded" | "duplicate" }> {
  const mayConfirm = holds(scope, "outcomes:confirm")
  if (!mayConfirm && !browserOutcomes.includes(outcome))
    throw new ApiError(
      "forbidden",
      `a public key may report only ${browserOutcomes.join(", ")}; report ${outcome} with a server key, or track the order`,
    )
  const nowMs = services.clock()
  const reportedAt = parseReportedTime(at, nowMs)
  const reported = {
    messageId: storedMessageId(messageId, mayConfirm ? "server" : "browser"),
    outcome,
    reportedAt,
    value: value ?? null,
  }
  const status = await services.store.decisions.recordOutcome(decisionId, reported, nowMs)
  if (status === "notFound") throw noDecision(decisionId)
  if (outcome === "unsubscribed") await unsubscribe(services, decisionId, reportedAt)
  return { status }
}

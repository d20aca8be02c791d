import type { OutcomeRequest } from "../core/decision/outcome.ts"
import type { Services } from "../services.ts"
import { askStore } from "./ask-store.ts"
import { noDecision } from "./read-decision.ts"
import { unsubscribe } from "./unsubscribe.ts"

/** Joins an outcome to its decision, once per message id. */
export async function recordOutcome(
  services: Pick<Services, "store" | "clock">,
  decisionId: string,
  { outcome, at, value, messageId }: OutcomeRequest,
): Promise<{ status: "recorded" | "duplicate" }> {
  const recorded = { messageId, outcome, at: Date.parse(at), value: value ?? null }
  const status = await askStore(services, (store) => store.decisions.recordOutcome(decisionId, recorded))
  if (status === "notFound") throw noDecision(decisionId)
  if (outcome === "unsubscribed") await unsubscribe(services, decisionId, recorded.at)
  return { status }
}

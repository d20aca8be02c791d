import { keyOf } from "../../core/decision/candidate.ts"
import type { Refusal } from "../../core/decision/decide.ts"
import type { Drop } from "../../core/decision/stages.ts"
import type { Services } from "../../services.ts"
import type { CustomerRecord } from "../../store/customers/customers.ts"
import { type DecisionQuery, type PreparedDecision, prepareDecision } from "./prepare-decision.ts"

/**
 * Decides and records until a decision stands: where recording refuses what was drawn, because others were quicker, the draw is
 * repeated without it, at last to `nothing`, which nobody refuses.
 */
export async function recordDecision<P extends PreparedDecision, R>(
  services: Services,
  customer: CustomerRecord,
  query: DecisionQuery,
  { complete, record }: { complete: (prepared: PreparedDecision) => P; record: (prepared: P) => Promise<R | Drop> },
): Promise<{ prepared: P; recorded: R }> {
  const decisionId = services.newId()
  const refused: Refusal[] = []
  for (let attempt = 0; ; attempt++) {
    const prepared = complete(prepareDecision(services, customer, query, { decisionId, attempt, refused }))
    const recorded = await record(prepared)
    if (!isRefusal(recorded)) return { prepared, recorded }
    refused.push({ ...recorded, key: keyOf(prepared.answer.chosen!) })
  }
}

const isRefusal = (recorded: unknown): recorded is Drop =>
  typeof recorded === "object" && recorded !== null && "stage" in recorded

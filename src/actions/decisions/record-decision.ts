import { keyOf } from "../../core/decision/candidate.ts"
import type { RefusedCandidate } from "../../core/decision/decide.ts"
import type { Drop } from "../../core/decision/stages.ts"
import type { Services } from "../../services.ts"
import type { CustomerRecord } from "../../store/customers/customers.ts"
import { withPicks } from "../recommendations/pick-items.ts"
import { type DecisionQuery, prepareDecision } from "./prepare-decision.ts"

/** A decision with the items it shows, ready to be written. */
export type ReadyDecision = ReturnType<typeof withPicks>

/**
 * Decides and writes with `record` until a decision stands. When `record` returns a refusal, because another write took what was left,
 * draws again without that candidate; the last draw is `nothing`, which is never refused.
 */
export async function recordDecision<R>(
  services: Services,
  customer: CustomerRecord,
  query: DecisionQuery,
  record: (ready: ReadyDecision) => Promise<R | Drop>,
): Promise<{ ready: ReadyDecision; recorded: R }> {
  const decisionId = services.newId()
  const refused: RefusedCandidate[] = []
  for (let attempt = 0; ; attempt++) {
    const prepared = prepareDecision(services, customer, query, { decisionId, attempt, refused })
    const ready = withPicks(prepared)
    const recorded = await record(ready)
    if (!isRefusal(recorded)) return { ready, recorded }
    refused.push({ ...recorded, key: keyOf(prepared.answer.chosen!) })
  }
}

const isRefusal = (recorded: unknown): recorded is Drop =>
  typeof recorded === "object" && recorded !== null && "stage" in recorded

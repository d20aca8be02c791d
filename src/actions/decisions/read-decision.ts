import { type DecisionRecord, decisionRecordSchema } from "../../core/decision/record.ts"
import { runnerUpOf } from "../../core/decision/runner-up.ts"
import { decisionTraceSchema } from "../../core/decision/trace.ts"
import { ApiError } from "../../core/problem/problem.ts"
import { explainDecision } from "../../render/decision-explanation.ts"
import type { Services } from "../../services.ts"

/** One decision with its trace and outcomes. */
export async function readDecision(services: Pick<Services, "store" | "clock">, id: string): Promise<DecisionRecord> {
  const found = await services.store.decisions.read(id)
  if (found === null) throw noDecision(id)
  const { outcomes } = found
  const { activationReportedAt, joins, joined, machineClicks, ...decision } = found.decision
  const drawn = decisionTraceSchema.safeParse(decision.trace)
  return decisionRecordSchema.parse({
    ...decision,
    ...(drawn.success && { explanation: explainDecision(drawn.data), runnerUp: runnerUpOf(drawn.data) }),
    ...(joins && { joins }),
    ...(joined && { joined }),
    ...(machineClicks && { machineClicks }),
    at: iso(decision.at),
    expiresAt: decision.expiresAt && iso(decision.expiresAt),
    activatedAt: decision.activatedAt && iso(decision.activatedAt),
    ...(activationReportedAt && { activationReportedAt: iso(activationReportedAt) }),
    outcomes: outcomes.map(({ reportedAt, ...outcome }) => ({
      ...outcome,
      at: iso(outcome.at),
      ...(reportedAt !== null && { reportedAt: iso(reportedAt) }),
    })),
  })
}

const iso = (ms: number) => new Date(ms).toISOString()

export const noDecision = (id: string) =>
  new ApiError("notFound", `there is no decision ${id}; use the decisionId of an answer that was not degraded`)

import type { RankingTrace } from "../../core/decision/ranking-trace.ts"
import type { Services } from "../../services.ts"
import type { CustomerRecord } from "../../store/customers/customers.ts"

interface Ranking {
  verb: "recommend" | "rank"
  customer: Pick<CustomerRecord, "customerId" | "known">
  placement: string
  releaseId: string | null
  policyVersion: string
  trace: RankingTrace
}

/** Records a ranking as a decision; returns its id once that is durable. */
export async function recordRanking(
  services: Pick<Services, "store" | "clock" | "newId">,
  { customer, ...ranking }: Ranking,
): Promise<string> {
  const id = services.newId()
  await services.store.decisions.append({
    ...ranking,
    id,
    customerId: customer.customerId,
    customerKnown: customer.known,
    at: services.clock(),
    channel: null,
    kind: null,
    offerId: null,
    expiresAt: null,
    activatedAt: null,
  })
  return id
}

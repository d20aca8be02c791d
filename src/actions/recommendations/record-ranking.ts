import type { RankingTrace } from "../../core/decision/ranking-trace.ts"
import { isUnavailable } from "../../core/problem/problem.ts"
import type { Services } from "../../services.ts"
import type { CustomerRecord } from "../../store/customers/customers.ts"
import { customerArm } from "../customers/customer-arm.ts"

interface Ranking {
  /** Of the decision; by default a new one. */
  id?: string
  verb: "recommend" | "rank"
  customer: Pick<CustomerRecord, "customerId" | "known" | "recordId">
  placement: string
  releaseId: string | null
  policyVersion: string
  trace: RankingTrace
}

/** Records a ranking as a decision; returns its id once that is durable, `null` where it cannot be recorded in time. */
export async function recordRanking(
  services: Pick<Services, "store" | "config" | "clock" | "newId">,
  { customer, id = services.newId(), ...ranking }: Ranking,
): Promise<string | null> {
  try {
    await services.store.decisions.record({
      ...ranking,
      id,
      customerId: customer.customerId,
      recordId: customer.recordId,
      customerKnown: customer.known,
      arm: customerArm(services, customer.customerId).name,
      at: services.clock(),
      channel: null,
      kind: null,
      offerId: null,
      expiresAt: null,
      activatedAt: null,
    })
    return id
  } catch (error) {
    if (!isUnavailable(error)) throw error
    return null
  }
}

import type { Policy } from "../../core/policy/policy.ts"
import { itemsOutOf } from "../../core/policy/possession-refusal.ts"
import { createPossession, type Possession } from "../../core/possession/possession.ts"
import type { Services } from "../../services.ts"
import type { CustomerRecord } from "../../store/customers/customers.ts"

/** Returns what a customer has, gave back or waits for now, and which items a policy therefore leaves out. */
export function customerPossession(
  { live, catalogue }: Pick<Services, "live" | "catalogue">,
  { history }: Pick<CustomerRecord, "history">,
  policy: Pick<Policy, "possession">,
  nowMs: number,
): { possession: Possession; isOut: (itemId: string) => boolean } {
  const possession = createPossession(history, nowMs, live.current()?.renewal ?? null)
  return { possession, isOut: itemsOutOf(catalogue.current().items, possession, policy.possession) }
}

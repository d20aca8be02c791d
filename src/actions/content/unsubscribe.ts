import { channelRefusal } from "../../core/customer/consent.ts"
import type { Services } from "../../services.ts"

/**
 * Withdraws marketing on a decision's channel, also where no consent to it is known yet: an older one that comes later does not hold.
 * A time in the future counts as now.
 */
export async function unsubscribe(
  { store, clock }: Pick<Services, "store" | "clock">,
  decisionId: string,
  atMs: number,
): Promise<void> {
  const found = await store.decisions.read(decisionId)
  if (found === null || found.decision.channel === null) return
  const { channel } = found.decision
  const at = new Date(Math.min(atMs, clock())).toISOString()
  await store.customers.withdraw(
    decisionId,
    "marketing",
    channelRefusal([channel], { at, source: "unsubscribed" }),
    clock(),
  )
}

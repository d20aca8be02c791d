import { withdrawChannel } from "../core/customer/withdraw-channel.ts"
import type { Services } from "../services.ts"

/** Takes back the consent to marketing on a decision's channel; nothing is left to wait for the next import of consents. */
export async function unsubscribe({ store }: Pick<Services, "store">, decisionId: string, atMs: number): Promise<void> {
  const found = await store.decisions.read(decisionId)
  if (found === null || found.decision.channel === null) return
  const who = { customerId: found.decision.customerId }
  const { consents } = await store.customers.read(who)
  const withdrawn = withdrawChannel(consents.marketing, found.decision.channel, new Date(atMs).toISOString())
  if (withdrawn) await store.customers.setConsent(who, "marketing", withdrawn)
}

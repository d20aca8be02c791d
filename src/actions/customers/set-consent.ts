import type { Actor } from "../../core/access/actor.ts"
import { type Consent, type Consents, heldOf } from "../../core/customer/consent.ts"
import type { Identifier } from "../../core/customer/identifier.ts"
import { shownConsents } from "../../core/customer/shown-consents.ts"
import { ApiError } from "../../core/problem/problem.ts"
import type { ConsentPurpose } from "../../core/schema/channel.ts"
import { parseReportedTime } from "../../core/time/reported-time.ts"
import type { Services } from "../../services.ts"

export interface SetConsentRequest {
  customer: Identifier | { customerId: string }
  purpose: ConsentPurpose
  consent: Consent
}

/** Records what a customer agreed to or refused; per channel the latest by `at` holds, whatever the order it comes in. Answers all that now holds. */
export async function setConsent(
  { store, clock }: Pick<Services, "store" | "clock">,
  { customer, purpose, consent }: SetConsentRequest,
  actor: Actor | null,
): Promise<{ customerId: string; consents: Consents }> {
  const nowMs = clock()
  parseReportedTime(consent.at, nowMs)
  const held = await store.customers.setConsent(customer, purpose, heldOf(consent), { nowMs, actor })
  if (held === null)
    throw new ApiError("notFound", "there is no customer with this customerId; name a new customer by an identifier")
  return { ...held, consents: shownConsents(held.consents) }
}

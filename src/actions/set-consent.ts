import type { Consent, ConsentPurpose, Consents } from "../core/customer/consent.ts"
import type { Identifier } from "../core/customer/identifier.ts"
import { ApiError } from "../core/problem.ts"
import type { Services } from "../services.ts"

export interface SetConsentRequest {
  customer: Identifier | { customerId: string }
  purpose: ConsentPurpose
  consent: Consent
}

const clockToleranceMs = 10 * 60 * 1000

/** Records what a customer agreed to or refused; the latest by `at` holds, whatever the order it comes in. Answers all that now holds. */
export async function setConsent(
  { store, clock }: Pick<Services, "store" | "clock">,
  { customer, purpose, consent }: SetConsentRequest,
): Promise<{ customerId: string; consents: Consents }> {
  if (Date.parse(consent.at) > clock() + clockToleranceMs)
    throw new ApiError("invalidRequest", "a consent lies in the past; send when it was given", {
      errors: [{ pointer: "/at", message: "lies in the future" }],
    })
  const held = await store.customers.setConsent(customer, purpose, consent)
  if (held === null)
    throw new ApiError("notFound", "no customer has this customerId; name a new one by one of its identifiers")
  return held
}

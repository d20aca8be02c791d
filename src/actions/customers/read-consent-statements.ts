import type { Caller } from "../../core/access/scope.ts"
import type { CustomerReference } from "../../core/customer/identifier.ts"
import type { ConsentLedger } from "../../core/identity/golden-record.ts"
import type { Services } from "../../services.ts"
import { findCustomer } from "./find-customer.ts"

const mostShown = 1000

/** Returns every statement about a customer's consents, the newest first; none for an unknown customer. */
export async function readConsentStatements(
  services: Services,
  reference: CustomerReference,
  caller: Caller,
): Promise<ConsentLedger> {
  const { customerId } = await findCustomer(services, reference, caller)
  const statements = await services.store.evidence.consentsOf(customerId, mostShown)
  return {
    customerId,
    statements: statements.map(({ purpose, recordId, statement, toldAt }) => ({
      ...statement,
      purpose,
      recordId,
      toldAt: new Date(toldAt).toISOString(),
    })),
  }
}

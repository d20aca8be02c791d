import { type CustomerReference, type Identifier, identifierTypes } from "../core/customer/identifier.ts"
import { ApiError } from "../core/problem.ts"
import type { Caller } from "../core/scope.ts"
import type { Services } from "../services.ts"
import type { CustomerRecord } from "../store/customers.ts"
import { askStore } from "./ask-store.ts"
import { readCustomerToken } from "./customer-token.ts"

/** The customer a question is about. A public key may ask about somebody identified only with a customer token. */
export async function findCustomer(
  services: Pick<Services, "store" | "clock">,
  reference: CustomerReference,
  { scope }: Pick<Caller, "scope">,
): Promise<CustomerRecord> {
  const who = await resolveReference(services, reference)
  const customer = await askStore(services, (store) => store.customers.read(who))
  if (scope === "write" && reference.token === undefined && customer.identified) {
    throw new ApiError(
      "customerTokenRequired",
      "a public key asks about an identified customer only with { customer: { token } }; let your server make one with POST /v1/customer-tokens",
    )
  }
  return customer
}

/** What the store is asked for; a token is checked and stands for its customer. */
export async function resolveReference(
  services: Pick<Services, "store" | "clock">,
  reference: CustomerReference,
): Promise<Identifier | { customerId: string }> {
  if (reference.token !== undefined) return readCustomerToken(services, reference.token)
  if (reference.customerId !== undefined) return { customerId: reference.customerId }
  const type = identifierTypes.find((candidate) => reference[candidate] !== undefined)!
  return { type, value: reference[type]! }
}

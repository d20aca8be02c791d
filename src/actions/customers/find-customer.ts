import { holds } from "../../core/access/permissions.ts"
import type { Caller } from "../../core/access/scope.ts"
import { type CustomerReference, type Identifier, identifierTypes } from "../../core/customer/identifier.ts"
import { usableIdentifier } from "../../core/identity/usable-identifiers.ts"
import { ApiError } from "../../core/problem/problem.ts"
import type { Services } from "../../services.ts"
import type { CustomerRecord } from "../../store/customers/customers.ts"
import { readCustomerToken } from "../access/customer-token.ts"

/**
 * The customer a question is about. A public key asks about somebody identified only with a customer token: any other name than a token or
 * an anonymousId is refused before anybody looks, so that nobody learns who is a customer.
 */
export async function findCustomer(
  services: Pick<Services, "store" | "clock" | "settings" | "sharedIdentifiers">,
  reference: CustomerReference,
  { scope }: Pick<Caller, "scope">,
): Promise<CustomerRecord> {
  const needsToken = !holds(scope, "customers:name") && reference.token === undefined
  if (needsToken && reference.anonymousId === undefined) throw tokenRequired()
  const who = await resolveReference(services, reference)
  const customer = await services.store.customers.read(who)
  if (needsToken && customer.identified) throw tokenRequired()
  return customer
}

const tokenRequired = () =>
  new ApiError(
    "customerTokenRequired",
    "a public key names a customer by their anonymousId while they are anonymous, else by { customer: { token } }; let your server make one with POST /v1/customer-tokens",
  )

/** Returns the reference that the store looks up; a token is checked and replaced by its customer. */
export async function resolveReference(
  services: Pick<Services, "store" | "clock" | "settings" | "sharedIdentifiers">,
  reference: CustomerReference,
): Promise<Identifier | { customerId: string }> {
  if (reference.token !== undefined) return readCustomerToken(services, reference.token)
  if (reference.customerId !== undefined) return { customerId: reference.customerId }
  const type = identifierTypes.find((candidate) => reference[candidate] !== undefined)!
  const identifier = { type, value: reference[type]! }
  const { country } = services.settings.current()
  const usable = usableIdentifier(identifier, { country, shared: services.sharedIdentifiers.current() })
  if ("fault" in usable) throw new ApiError("invalidRequest", usable.fault)
  return usable
}

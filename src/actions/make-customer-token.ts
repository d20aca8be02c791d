import type { CustomerReference } from "../core/customer/identifier.ts"
import type { Caller } from "../core/scope.ts"
import type { Services } from "../services.ts"
import { signCustomerToken } from "./customer-token.ts"
import { findCustomer } from "./find-customer.ts"

/** A token with which a browser may ask about this customer until it expires. */
export async function makeCustomerToken(
  services: Pick<Services, "store" | "clock">,
  { customer, ttlSeconds }: { customer: CustomerReference; ttlSeconds: number },
  caller: Caller,
): Promise<{ token: string; customerId: string; expiresAt: string }> {
  const { customerId } = await findCustomer(services, customer, caller)
  const expiresAt = services.clock() + ttlSeconds * 1000
  const token = await signCustomerToken(services, customerId, expiresAt)
  return { token, customerId, expiresAt: new Date(expiresAt).toISOString() }
}

import type { Caller } from "../../core/access/scope.ts"
import type { CustomerReference } from "../../core/customer/identifier.ts"
import { ApiError } from "../../core/problem/problem.ts"
import type { Services } from "../../services.ts"
import { findCustomer } from "../customers/find-customer.ts"
import { signCustomerToken } from "./customer-token.ts"

/** A token with which a browser may ask about this customer until it expires. */
export async function makeCustomerToken(
  services: Pick<Services, "store" | "clock" | "settings" | "sharedIdentifiers">,
  { customer, ttlSeconds }: { customer: CustomerReference; ttlSeconds: number },
  caller: Caller,
): Promise<{ token: string; customerId: string; expiresAt: string }> {
  if (customer.anonymousId !== undefined) await refuseClaim(services, customer.anonymousId)
  const { customerId } = await findCustomer(services, customer, caller)
  const expiresAt = services.clock() + ttlSeconds * 1000
  const token = await signCustomerToken(services, customerId, expiresAt)
  return { token, customerId, expiresAt: new Date(expiresAt).toISOString() }
}

/** A browser that attached itself to somebody gets no token of theirs by asking the shop's server for its own. */
async function refuseClaim(services: Pick<Services, "store" | "clock">, value: string): Promise<void> {
  const isClaimed = await services.store.customers.isClaimed({ type: "anonymousId", value })
  if (isClaimed)
    throw new ApiError(
      "invalidRequest",
      "a public key attached this anonymousId; name the customer by the userId that your server knows",
      { errors: [{ pointer: "/customer/anonymousId", message: "is attached by a public key alone" }] },
    )
}

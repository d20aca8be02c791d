import { ApiError } from "../../core/problem/problem.ts"
import type { Services } from "../../services.ts"
import { readToken, signToken } from "./signed-token.ts"

type Tools = Pick<Services, "store" | "clock">

/** Names a customer until `expiresAt` (milliseconds since the epoch); whoever holds it may ask about that customer. */
export const signCustomerToken = (services: Tools, customerId: string, expiresAt: number): Promise<string> =>
  signToken(services, "customer-token", [customerId, expiresAt])

/** The customer a token names; throws `invalidCustomerToken` for one that is forged, damaged or expired. */
export async function readCustomerToken(services: Tools, token: string): Promise<{ customerId: string }> {
  const claims = (await readToken(services, "customer-token", token)) as [string, number] | null
  if (claims === null || claims[1] <= services.clock()) throw invalid()
  return { customerId: claims[0] }
}

const invalid = () =>
  new ApiError(
    "invalidCustomerToken",
    "the customer token is invalid or has expired; create one with POST /v1/customer-tokens",
  )

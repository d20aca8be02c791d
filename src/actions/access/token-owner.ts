import { ApiError } from "../../core/problem/problem.ts"
import type { Services } from "../../services.ts"
import { readCustomerToken } from "./customer-token.ts"

/** The customer whose token this is, under their present id; `undefined` for what is no valid token. */
export async function tokenOwner(
  services: Pick<Services, "store" | "clock">,
  token: unknown,
): Promise<string | undefined> {
  if (typeof token !== "string") return undefined
  try {
    const named = await readCustomerToken(services, token)
    // A token stays good for a customer who has been merged into another since.
    return (await services.store.customers.read(named)).customerId
  } catch (error) {
    if (error instanceof ApiError && error.code === "invalidCustomerToken") return undefined
    throw error
  }
}

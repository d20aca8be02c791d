import { z } from "zod"
import { ApiError } from "../problem/problem.ts"
import { type CustomerReference, type IdentifierType, identifierTypes, identifierValueSchema } from "./identifier.ts"

/** Constraint on a customer's name in a path that its schema cannot state. */
export const customerNameConstraint =
  "An id, a token, or `userId:`, `anonymousId:` or `loyaltyCard:` with a value that is no placeholder; no e-mail address and no phone number."

const personal: readonly IdentifierType[] = ["email", "phone"]

/**
 * Reads how an address names a customer: a customer id, a pseudonymous `type:value`, or a customer token. Addresses end up in logs and
 * histories, so an e-mail address or phone number in one is refused.
 */
export function parseCustomerName(name: string): CustomerReference {
  if (/[^\s@]@[^\s@]/.test(name)) throw refused()
  if (z.uuid().safeParse(name).success) return { customerId: name }
  const colon = name.indexOf(":")
  if (colon === -1) return { token: name }
  const type = identifierTypes.find((candidate) => candidate === name.slice(0, colon))
  const value = identifierValueSchema.safeParse(name.slice(colon + 1))
  if (type === undefined || !value.success) {
    throw new ApiError(
      "invalidRequest",
      "name the customer by a customer id, a customer token, or type:value such as userId:u-17",
    )
  }
  if (personal.includes(type)) throw refused()
  return { [type]: value.data }
}

const refused = () =>
  new ApiError(
    "invalidRequest",
    "an address never carries an e-mail address or phone number; use a customer token or a pseudonymous type:value such as userId:u-17",
  )

import { createHmac } from "node:crypto"
import { type Identifier, normalizeIdentifier } from "../../core/customer/identifier.ts"
import { stampUuid } from "../../core/ids/uuid.ts"

/**
 * The id of the customer an unknown identifier will become: a version 8 UUID from an HMAC-SHA256 of type and value, so that
 * nobody without the installation's secret can tell whose it is.
 */
export function derivedId(secret: Uint8Array, identifier: Identifier): string {
  const { type, value } = normalizeIdentifier(identifier)
  const digest = createHmac("sha256", secret).update(`${type}:${value}`).digest().subarray(0, 16)
  return stampUuid(digest, 8)
}

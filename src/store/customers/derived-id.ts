import { createHmac } from "node:crypto"
import { type Identifier, normalizeIdentifier } from "../../core/customer/identifier.ts"

/**
 * The id of the customer an unknown identifier will become: a version 8 UUID from an HMAC-SHA256 of type and value, so that
 * nobody without the installation's secret can tell whose it is.
 */
export function derivedId(secret: Uint8Array, identifier: Identifier): string {
  const { type, value } = normalizeIdentifier(identifier)
  const digest = createHmac("sha256", secret).update(`${type}:${value}`).digest().subarray(0, 16)
  digest[6] = (digest[6]! & 0x0f) | 0x80
  digest[8] = (digest[8]! & 0x3f) | 0x80
  const hex = digest.toString("hex")
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-")
}

import { createHmac, hkdfSync, timingSafeEqual } from "node:crypto"
import { ApiError } from "../core/problem.ts"
import type { Services } from "../services.ts"
import type { Store } from "../store/store.ts"
import { askStore } from "./ask-store.ts"

const keyByStore = new WeakMap<Store, Buffer>()

/** Names a customer until `expiresAt` (milliseconds since the epoch); whoever holds it may ask about that customer. */
export async function signCustomerToken(
  services: Pick<Services, "store" | "clock">,
  customerId: string,
  expiresAt: number,
): Promise<string> {
  const payload = Buffer.from(JSON.stringify([customerId, expiresAt])).toString("base64url")
  return `${payload}.${(await signatureOf(services, payload)).toString("base64url")}`
}

/** The customer a token names; throws `invalidCustomerToken` for one that is forged, damaged or expired. */
export async function readCustomerToken(
  services: Pick<Services, "store" | "clock">,
  token: string,
): Promise<{ customerId: string }> {
  const [payload = "", signature = "", ...rest] = token.split(".")
  const given = Buffer.from(signature, "base64url")
  const expected = await signatureOf(services, payload)
  if (rest.length > 0 || given.length !== expected.length || !timingSafeEqual(given, expected)) throw invalid()
  const [customerId, expiresAt] = JSON.parse(Buffer.from(payload, "base64url").toString()) as [string, number]
  if (expiresAt <= services.clock()) throw invalid()
  return { customerId }
}

const invalid = () =>
  new ApiError(
    "invalidCustomerToken",
    "the token is not ours or has expired; make a new one with POST /v1/customer-tokens",
  )

/** HMAC-SHA256 under a key of its own, derived from the installation's secret (HKDF, RFC 5869). */
async function signatureOf(services: Pick<Services, "store" | "clock">, payload: string): Promise<Buffer> {
  const key = keyByStore.get(services.store) ?? (await deriveKey(services))
  keyByStore.set(services.store, key)
  return createHmac("sha256", key).update(payload).digest()
}

async function deriveKey(services: Pick<Services, "store" | "clock">): Promise<Buffer> {
  const secret = await askStore(services, (store) => store.settings.secret())
  return Buffer.from(hkdfSync("sha256", secret, "", "customer-token", 32))
}

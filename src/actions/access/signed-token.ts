import { createHmac, hkdfSync, timingSafeEqual } from "node:crypto"
import type { Services } from "../../services.ts"
import type { Store } from "../../store/store.ts"

type Tools = Pick<Services, "store" | "clock">

/** Purpose that a token was made for; a token of another purpose is refused. */
export type TokenPurpose = "customer-token" | "veto-token" | "click-link"

const keysByStore = new WeakMap<Store, Map<TokenPurpose, Buffer>>()

/** Makes texts that carry `claims` (JSON) and that nobody else can make: HMAC-SHA256 under the purpose's own key. */
export async function createSigner(services: Tools, purpose: TokenPurpose): Promise<(claims: unknown) => string> {
  const key = await keyOf(services, purpose)
  return (claims) => {
    const payload = Buffer.from(JSON.stringify(claims)).toString("base64url")
    return `${payload}.${signatureOf(key, payload).toString("base64url")}`
  }
}

/** One such text. */
export const signToken = async (services: Tools, purpose: TokenPurpose, claims: unknown): Promise<string> =>
  (await createSigner(services, purpose))(claims)

/** Returns a token's payload, or `null` for one that is forged, damaged, or of another purpose. */
export async function readToken(services: Tools, purpose: TokenPurpose, token: string): Promise<unknown> {
  const [payload = "", signature = "", ...rest] = token.split(".")
  const given = Buffer.from(signature, "base64url")
  const expected = signatureOf(await keyOf(services, purpose), payload)
  if (rest.length > 0 || given.length !== expected.length || !timingSafeEqual(given, expected)) return null
  return JSON.parse(Buffer.from(payload, "base64url").toString())
}

const signatureOf = (key: Buffer, payload: string): Buffer => createHmac("sha256", key).update(payload).digest()

async function keyOf(services: Tools, purpose: TokenPurpose): Promise<Buffer> {
  const keys = keysByStore.get(services.store) ?? new Map<TokenPurpose, Buffer>()
  keysByStore.set(services.store, keys)
  const key = keys.get(purpose) ?? (await deriveKey(services, purpose))
  keys.set(purpose, key)
  return key
}

/** From the installation's secret (HKDF, RFC 5869). */
async function deriveKey(services: Tools, purpose: TokenPurpose): Promise<Buffer> {
  const secret = await services.store.settings.secret()
  return Buffer.from(hkdfSync("sha256", secret, "", purpose, 32))
}

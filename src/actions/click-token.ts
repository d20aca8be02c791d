import { createHmac, hkdfSync, timingSafeEqual } from "node:crypto"
import type { Services } from "../services.ts"
import type { Store } from "../store/store.ts"
import { askStore } from "./ask-store.ts"

/** What a link of a mail carries: the decision it stands for and where it leads. */
export interface Click {
  decisionId: string
  address: string
}

const signatureBytes = 16
const keyByStore = new WeakMap<Store, Buffer>()

/** A key of its own, derived from the installation's secret (HKDF, RFC 5869). */
async function keyOf(services: Pick<Services, "store" | "clock">): Promise<Buffer> {
  const known = keyByStore.get(services.store)
  if (known) return known
  const secret = await askStore(services, (store) => store.settings.secret())
  const key = Buffer.from(hkdfSync("sha256", secret, "", "click-link", 32))
  keyByStore.set(services.store, key)
  return key
}

const sign = (key: Buffer, payload: string) =>
  createHmac("sha256", key).update(payload).digest().subarray(0, signatureBytes)

/** Makes tokens: HMAC-SHA256 of 128 bits, so that nobody else can make a link of ours that leads elsewhere. */
export async function createClickSigner(
  services: Pick<Services, "store" | "clock">,
): Promise<(click: Click) => string> {
  const key = await keyOf(services)
  return ({ decisionId, address }) => {
    const payload = Buffer.from(JSON.stringify([decisionId, address])).toString("base64url")
    return `${payload}.${sign(key, payload).toString("base64url")}`
  }
}

/** What a token says; `null` if it is not ours. */
export async function readClickToken(
  services: Pick<Services, "store" | "clock">,
  token: string,
): Promise<Click | null> {
  const [payload = "", signature = "", ...rest] = token.split(".")
  const given = Buffer.from(signature, "base64url")
  const expected = sign(await keyOf(services), payload)
  if (rest.length > 0 || given.length !== expected.length || !timingSafeEqual(given, expected)) return null
  const [decisionId, address] = JSON.parse(Buffer.from(payload, "base64url").toString()) as [string, string]
  return { decisionId, address }
}

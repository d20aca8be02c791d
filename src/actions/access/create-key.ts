import { createHash, randomBytes } from "node:crypto"
import type { Actor } from "../../core/access/actor.ts"
import type { Scope } from "../../core/access/scope.ts"
import type { Services } from "../../services.ts"

export interface CreateKeyRequest {
  scope: Scope
  name: string
  /** A key from elsewhere; by default one of 256 random bits is made. */
  key?: string
}

/** The only time that a key is told: what is kept is its hash. */
export interface CreatedKey {
  id: string
  key: string
  scope: Scope
  name: string
  /** False for a key from elsewhere that was revoked before: it stays so. */
  isValid: boolean
}

const shownCharacters = 4

/** Makes a key valid; one that is valid already stays as it is. */
export async function createKey(
  { store, newId, clock }: Pick<Services, "store" | "newId" | "clock">,
  { scope, name, key: given }: CreateKeyRequest,
  actor: Actor,
): Promise<CreatedKey> {
  const label = `bh_${scope}_`
  const key = given ?? label + randomBytes(32).toString("base64url")
  const id = newId()
  const prefix = key.slice(0, given === undefined ? label.length + shownCharacters : shownCharacters)
  const record = { id, name, scope, prefix, createdAt: clock(), hash: hashOfKey(key) }
  const { isValid } = await store.keys.insert(record, actor)
  return { id, key, scope, name, isValid }
}

/** Returns the SHA-256 hash of a key; the store keeps that alone. */
export const hashOfKey = (key: string): Uint8Array => createHash("sha256").update(key).digest()

import { createHash, randomBytes } from "node:crypto"
import { type Scope, scopes } from "./core/scope.ts"
import type { Services } from "./services.ts"

const fromEnvironment = "environment"

function hashOf(key: string): Uint8Array {
  return createHash("sha256").update(key).digest()
}

/** Makes the environment's keys valid, and for every scope that has no key a new one; returns those made, to be shown once. */
export async function makeFirstKeys({
  config,
  store,
  newId,
  clock,
}: Services): Promise<Partial<Record<Scope, string>>> {
  const made: Partial<Record<Scope, string>> = {}
  const existing = (await store.keys.list()).filter(({ revokedAt }) => revokedAt === null)
  for (const scope of scopes) {
    const given = config.keys[scope]
    if (given === undefined && existing.some((key) => key.scope === scope)) continue
    const key = given ?? `${scope}_${randomBytes(32).toString("base64url")}`
    const prefix = given === undefined ? key.slice(0, scope.length + 5) : key.slice(0, 4)
    await store.keys.insert({
      id: newId(),
      name: given === undefined ? "first start" : fromEnvironment,
      scope,
      prefix,
      createdAt: clock(),
      hash: hashOf(key),
    })
    if (given === undefined) made[scope] = key
  }
  return made
}

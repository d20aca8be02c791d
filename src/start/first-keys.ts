import { createKey } from "../actions/create-key.ts"
import { type Scope, scopes } from "../core/scope.ts"
import type { Services } from "../services.ts"

/** Makes the environment's keys valid, and for every scope that has no key a new one; returns those made, to be shown once. */
export async function makeFirstKeys(services: Services): Promise<Partial<Record<Scope, string>>> {
  const { config, store } = services
  const valid = (await store.keys.list()).filter(({ revokedAt }) => revokedAt === null)
  const made: Partial<Record<Scope, string>> = {}
  for (const scope of scopes) {
    const given = config.keys[scope]
    if (given !== undefined) await createKey(services, { scope, name: "environment", key: given })
    else if (!valid.some((key) => key.scope === scope)) {
      made[scope] = (await createKey(services, { scope, name: "first start" })).key
    }
  }
  return made
}

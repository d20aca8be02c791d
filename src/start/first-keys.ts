import { createKey, hashOfKey } from "../actions/access/create-key.ts"
import { systemActor } from "../core/access/actor.ts"
import { type Scope, scopes } from "../core/access/scope.ts"
import type { Services } from "../services.ts"

const name = "environment"
const actor = systemActor("start")

/**
 * Makes the environment's keys the only valid ones that it ever gave, and for every scope that has no key a new one; returns those
 * made, to be shown once.
 */
export async function makeFirstKeys(services: Services): Promise<Partial<Record<Scope, string>>> {
  const { config, store } = services
  const valid = (await store.keys.list()).filter(({ revokedAt }) => revokedAt === null)
  const made: Partial<Record<Scope, string>> = {}
  for (const scope of scopes) {
    const given = config.keys[scope]
    if (given !== undefined) await takeGiven(services, scope, given)
    else if (!valid.some((key) => key.scope === scope)) {
      made[scope] = (await createKey(services, { scope, name: "first start" }, actor)).key
    }
  }
  return made
}

/** A key that was replaced stays revoked, so that a process with the former environment cannot end the new one. */
async function takeGiven(services: Services, scope: Scope, key: string): Promise<void> {
  const { store, clock, log } = services
  const variable = `${scope.toUpperCase()}_KEY`
  const { isValid } = await createKey(services, { scope, name, key }, actor)
  if (!isValid) return log.error({ variable }, "the key in this variable was revoked or replaced before; set a new one")
  const keyIds = await store.keys.revokeOthers({ scope, name, hash: hashOfKey(key) }, { at: clock(), actor })
  if (keyIds.length > 0) log.warn({ variable, keyIds }, "revoked the key that this variable held before")
}

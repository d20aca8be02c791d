import { createHash } from "node:crypto"
import type { Caller } from "../../core/access/scope.ts"
import { ApiError } from "../../core/problem/problem.ts"
import type { Services } from "../../services.ts"

const freshMs = 1000
const staleMs = 2000

export interface Keyring {
  /** Returns the caller that presents this key, or `null`; a revoked key works for at most two seconds more. */
  callerOf(key: string): Promise<Caller | null>
  /** True if an Authorization header holds a key of a server, as far as keys are known without asking. */
  isServers(authorization: string | undefined): boolean
}

const digestOf = (key: string) => createHash("sha256").update(key).digest("hex")
const hashOf = (key: string | Uint8Array) => Buffer.from(key).toString("hex")

/** Holds the few active keys in memory by their hash, so that asking costs no query and survives a lost database. */
export function createKeyring({ store, clock, log }: Pick<Services, "store" | "clock" | "log">): Keyring {
  let callers: ReadonlyMap<string, Caller> | null = null
  let readAt = Number.NEGATIVE_INFINITY
  let reading: Promise<void> | null = null
  let isFailing = false

  const readKeys = async () => {
    const active = await store.keys.active()
    callers = new Map(active.map(({ id, name, scope, hash }) => [hashOf(hash), { keyId: id, name, scope }]))
    isFailing = false
  }
  const refresh = () => {
    reading ??= readKeys()
      .catch((error: unknown) => {
        if (!isFailing) log.warn({ err: error }, "failed to read keys; keys in memory stay valid")
        isFailing = true
      })
      .finally(() => {
        readAt = clock()
        reading = null
      })
    return reading
  }
  const callerOf = async (key: string) => {
    const hash = digestOf(key)
    const isKnown = callers?.has(hash) ?? false
    // What was read in the future was read before the clock was set back.
    const ageMs = Math.abs(clock() - readAt)
    if (!isKnown || ageMs >= freshMs) {
      const refreshed = refresh()
      // Nobody waits while what is known is young enough, nor again and again while the database is away.
      if (!isKnown || (ageMs >= staleMs && !isFailing)) await refreshed
    }
    if (callers === null)
      throw new ApiError("unavailable", "keys cannot be read yet; try again", { retryAfterSeconds: 1 })
    return callers.get(hash) ?? null
  }
  const isServers = (authorization: string | undefined) => {
    const key = presentedKey(authorization)
    const scope = key === null ? undefined : callers?.get(digestOf(key))?.scope
    return scope !== undefined && scope !== "write"
  }
  return { callerOf, isServers }
}

/** The key of an Authorization header: `Bearer KEY`, or `Basic` with the key as user name; else `null`. */
export function presentedKey(header: string | undefined): string | null {
  const [, scheme, credentials] = /^(bearer|basic) +(\S+) *$/i.exec(header ?? "") ?? []
  if (scheme === undefined || credentials === undefined) return null
  if (scheme.toLowerCase() === "bearer") return credentials
  return Buffer.from(credentials, "base64").toString("utf8").split(":")[0] || null
}

import type { Context } from "hono"
import { createMiddleware } from "hono/factory"
import { holds, type Permission, scopesWith } from "../../core/access/permissions.ts"
import { ApiError } from "../../core/problem/problem.ts"
import { setHeader } from "./answer-headers.ts"
import type { ApiEnv } from "./env.ts"
import { presentedKey } from "./keyring.ts"
import { clientNetwork } from "./proxies.ts"
import type { Take } from "./rate-limit.ts"

/** Lets only keys pass that hold the permission, and tells the route who calls. A key in the address is a public one: others would end up in logs. */
export const requirePermission = (permission: Permission, keyInAddress?: string) =>
  createMiddleware<ApiEnv>(async (c, next) => {
    const inHeader = presentedKey(c.req.header("authorization"))
    const key = inHeader ?? (keyInAddress && c.req.query(keyInAddress)) ?? null
    if (key === null) throw new ApiError("unauthenticated", "send a key as Authorization: Bearer KEY")
    const caller = await c.get("keyring").callerOf(key)
    if (caller === null)
      throw new ApiError("unauthenticated", "this key is unknown or revoked; make one with: beforehand keys")
    if (inHeader === null && caller.scope !== "write")
      throw new ApiError("forbidden", "addresses end up in logs; put only a public key (scope write) into one")
    if (!holds(caller.scope, permission))
      throw new ApiError("forbidden", `this call needs a key of scope ${scopesWith(permission).join(" or ")}`)
    c.set("caller", caller)
    takeTokens(c, 1)
    return next()
  })

/** Takes tokens, one a request, from the rate limits of a client with a public key and of a key, or throws `tooManyRequests`. */
export function takeTokens(c: Context<ApiEnv>, tokens: number): void {
  const { keyId, scope } = c.get("caller")
  const takeOfClient = scope === "write" ? c.get("takeOfClient") : undefined
  // First, so that one client cannot use up what the key has for all.
  const network = takeOfClient === undefined ? null : clientNetwork(c)
  if (network !== null) takeFrom(c, takeOfClient, network, tokens)
  takeFrom(c, c.get("take"), keyId, tokens)
}

function takeFrom(c: Context<ApiEnv>, take: Take | undefined, id: string, tokens: number): void {
  const limit = take?.(id, c.get("services").clock(), tokens)
  if (limit === undefined) return
  for (const [name, value] of Object.entries(limit.headers)) setHeader(c, name, value)
  if (!limit.allowed)
    throw new ApiError(
      "tooManyRequests",
      "the rate limit named in RateLimit is exceeded; wait for the seconds in Retry-After",
      limit,
    )
}

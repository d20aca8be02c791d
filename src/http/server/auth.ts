import type { Context } from "hono"
import { createMiddleware } from "hono/factory"
import { holds, type Permission, scopesWith } from "../../core/access/permissions.ts"
import { ApiError } from "../../core/problem/problem.ts"
import { setHeader } from "./answer-headers.ts"
import type { ApiEnv } from "./env.ts"
import { presentedKey } from "./keyring.ts"

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

/** Takes tokens, one a request, from the rate limit of a key, or throws `tooManyRequests`. */
export function takeTokens(c: Context<ApiEnv>, tokens: number): void {
  const limit = c.get("take")?.(c.get("caller").keyId, c.get("services").clock(), tokens)
  if (limit === undefined) return
  for (const [name, value] of Object.entries(limit.headers)) setHeader(c, name, value)
  if (!limit.allowed)
    throw new ApiError(
      "tooManyRequests",
      "the rate limit of this key is exceeded; wait for the seconds in Retry-After",
      limit,
    )
}

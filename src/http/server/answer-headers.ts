import type { HttpBindings } from "@hono/node-server"
import type { Context, MiddlewareHandler } from "hono"
import { cors } from "hono/cors"

/**
 * Sets a header of the answer to come. Over a socket it goes to Node's own response, which what hono answers is added to: a
 * `Headers` object in between, and the answer that is made again to hold it, cost a tenth of a recommendation.
 */
export function setHeader(c: Context, name: string, value: string): void {
  const { outgoing } = (c.env ?? {}) as Partial<HttpBindings>
  if (outgoing === undefined) c.header(name, value)
  else outgoing.setHeader(name, value)
}

const secure = Object.entries({
  "cross-origin-resource-policy": "cross-origin",
  "cross-origin-opener-policy": "same-origin",
  "origin-agent-cluster": "?1",
  "referrer-policy": "no-referrer",
  "strict-transport-security": "max-age=15552000; includeSubDomains",
  "x-content-type-options": "nosniff",
  "x-dns-prefetch-control": "off",
  "x-download-options": "noopen",
  "x-frame-options": "SAMEORIGIN",
  "x-permitted-cross-domain-policies": "none",
  "x-xss-protection": "0",
})

/** Security headers of every answer. */
export const secureHeaders: MiddlewareHandler = (c, next) => {
  for (const [name, value] of secure) setHeader(c, name, value)
  return next()
}

const exposed = ["x-request-id", "retry-after", "ratelimit", "ratelimit-policy"]

/** Lets pages of these origins (`*`: of any) ask, with whatever headers their library adds, and read the answer; cookies are never sent. */
export function allowOrigins(origins: readonly string[]): MiddlewareHandler {
  const anyone = origins.includes("*")
  const preflight = cors({
    origin: anyone ? "*" : [...origins],
    exposeHeaders: exposed,
    maxAge: 3600,
  })
  return (c, next) => {
    if (c.req.method === "OPTIONS") return preflight(c, next)
    const asking = c.req.header("origin")
    const allowed = anyone ? "*" : origins.find((origin) => origin === asking)
    if (allowed !== undefined) setHeader(c, "access-control-allow-origin", allowed)
    setHeader(c, "access-control-expose-headers", exposed.join(","))
    if (!anyone) setHeader(c, "vary", "Origin")
    return next()
  }
}

import { createMiddleware } from "hono/factory"
import { routePath } from "hono/route"
import type { ApiEnv } from "./env.ts"
import { methodLabel } from "./method-label.ts"
import { matchedRoute } from "./trace-requests.ts"

/** Failures of ours; a 503 is counted and logged once a second, with the other refusals. */
const isFailure = (status: number) => status >= 500 && status !== 503

/** Measures and logs every request by its route, never by its address or headers: those can name a customer or a key. */
export const observeRequests = createMiddleware<ApiEnv>(async (c, next) => {
  const started = performance.now()
  await next()
  const seconds = (performance.now() - started) / 1000
  const route = matchedRoute(routePath(c, -1))
  const labels = { method: methodLabel(c.req.method), route, status: String(c.res.status) }
  c.get("metrics").requestSeconds.observe(labels, seconds)
  const { log } = c.get("services")
  const level = isFailure(c.res.status) ? "warn" : "debug"
  if (!log.isLevelEnabled(level)) return
  log[level]({ requestId: c.get("requestId"), ...labels, ms: Math.round(seconds * 1e5) / 100 }, "request")
})

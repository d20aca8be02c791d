import type { MiddlewareHandler } from "hono"
import { routePath } from "hono/route"
import type { Tracing } from "../../core/problem/tracing.ts"
import type { ApiEnv } from "./env.ts"
import { methodLabel } from "./method-label.ts"

/** Returns what makes every request a span, named by its route: an address can name a customer. */
export const traceRequests =
  (tracing: Tracing): MiddlewareHandler<ApiEnv> =>
  (c, next) => {
    const method = methodLabel(c.req.method)
    const headers = { traceparent: c.req.header("traceparent"), tracestate: c.req.header("tracestate") }
    const attributes = { "http.request.method": method }
    return tracing.inTrace({ name: method, kind: "server", attributes }, headers, async (end) => {
      await next()
      const route = matchedRoute(routePath(c, -1))
      const { status } = c.res
      end({
        name: `${method} ${route}`,
        attributes: { "http.route": route, "http.response.status_code": status },
        isFailure: status >= 500,
      })
    })
  }

/** Returns the route that was matched, or `unmatched`. */
export const matchedRoute = (path: string): string => (path === "*" || path === "/*" ? "unmatched" : path)

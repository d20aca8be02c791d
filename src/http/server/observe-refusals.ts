import type { IncomingMessage } from "node:http"
import type { Logger } from "pino"
import type { Api } from "./api.ts"
import { logRefusal } from "./log-refusals.ts"
import { methodLabel } from "./method-label.ts"
import type { Metrics } from "./metrics.ts"

interface Tools {
  routes: Api["routes"]
  metrics: Pick<Metrics, "refusals" | "requestSeconds">
  log: Pick<Logger, "warn">
}

/** Returns what counts a request that was refused before it was looked at, by its route, and logs their number once a second. */
export function observeRefusals({
  routes,
  metrics,
  log,
}: Tools): (request: Pick<IncomingMessage, "method" | "url">) => void {
  const routeOf = createRouteOf(routes)
  return ({ method = "GET", url = "/" }) => {
    metrics.refusals.inc()
    metrics.requestSeconds.observe({ method: methodLabel(method), route: routeOf(url), status: "503" }, 0)
    logRefusal(log, { status: 503, reason: "overload" })
  }
}

/** Returns a function from an address to the path of its route; `unmatched` where there is none. */
function createRouteOf(routes: Api["routes"]): (url: string) => string {
  const paths = [...new Set(routes.flatMap(({ method, path }) => (method === "ALL" ? [] : [path])))]
  const plain = new Set(paths.filter((path) => !/[:*]/.test(path)))
  const patterns = paths.flatMap((path) => (plain.has(path) ? [] : [{ path, pattern: patternOf(path) }]))
  return (url) => {
    const end = url.indexOf("?")
    const path = end === -1 ? url : url.slice(0, end)
    if (plain.has(path)) return path
    return patterns.find(({ pattern }) => pattern.test(path))?.path ?? "unmatched"
  }
}

const patternOf = (path: string): RegExp =>
  new RegExp(
    `^${path
      .replaceAll(/[.+?()^$|\\]/g, "\\$&")
      .replaceAll(/:\w+(\{.*?\})?/g, "[^/]+")
      .replaceAll("*", ".*")}$`,
  )

import { once } from "node:events"
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http"
import type { AddressInfo } from "node:net"
import { setTimeout as sleep } from "node:timers/promises"
import { getRequestListener } from "@hono/node-server"
import type { Services } from "../../services.ts"
import { createAdmission } from "./admission.ts"
import type { Api } from "./api.ts"
import { createConnections } from "./connections.ts"
import type { Keyring } from "./keyring.ts"
import { refuseEarly } from "./refuse-early.ts"
import { roomOf } from "./rooms.ts"

export interface ServerLimits {
  /** Milliseconds for a request's headers to arrive. */
  headersMs: number
  /** Milliseconds for the whole request to arrive. */
  requestMs: number
  maxHeaderBytes: number
  maxConnections: number
  maxLoopDelayMs: number
  /** Milliseconds an answer may typically take before no more than a few are taken at once. */
  maxTypicalMs: number
}

/** A client may be slow, but not hold a connection for it; balancers keep idle connections for up to a minute. */
export const defaultLimits: ServerLimits = {
  headersMs: 10_000,
  requestMs: 30_000,
  maxHeaderBytes: 16 * 1024,
  maxConnections: 5000,
  maxLoopDelayMs: 250,
  maxTypicalMs: 400,
}

const keepAliveMs = 65_000

export interface Listening {
  /** `http://host:port`. */
  address: string
  /**
   * Answers everything for the delay while `/ready` says 503, so that balancers send traffic elsewhere; then takes no new connections,
   * lets requests under way finish, and cuts those that do not.
   */
  drain(delayMs: number): Promise<void>
}

/** Requests under way get this long to finish. */
const drainMs = 5000
/** Operators' routes, answered also under overload. */
const alwaysAnswered = /^\/(health|ready|metrics)\b/
const overload = "more is being asked than can be answered in time; send this again in a second"
const asksReadiness = /^\/ready\b/

export interface ListenOptions extends Pick<Services, "config" | "newId"> {
  keyring: Pick<Keyring, "isServers">
  onRefusal: (request: IncomingMessage) => void
  /** True while the database is known to be sick; by default never. */
  isDatabaseSick?: () => boolean
}

/** Serves the API on the configured address; what is more than it can answer in time is refused at once. */
export async function listen(
  api: Pick<Api, "fetch">,
  { config, newId, keyring, onRefusal, isDatabaseSick = () => false }: ListenOptions,
  limits: ServerLimits = defaultLimits,
): Promise<Listening> {
  const { host, port, maxInFlight, corsOrigins } = config
  const answer = getRequestListener(api.fetch, { hostname: host })
  const admission = createAdmission({ ...limits, maxInFlight }, { isDatabaseSick })
  const connections = createConnections(limits.maxConnections)
  let isDraining = false
  const take = (request: IncomingMessage, response: ServerResponse) => {
    // The client's next request is to find a connection to another process.
    if (isDraining) response.setHeader("connection", "close")
    if (isDraining && asksReadiness.test(request.url ?? ""))
      return refuseEarly(request, response, { newId, corsOrigins, detail: "this process is stopping; ask another" })
    whenArrived(request, () => untilClosed(response, connections.work(request.socket)))
    if (alwaysAnswered.test(request.url ?? "")) return void answer(request, response)
    const party = keyring.isServers(request.headers.authorization) ? "server" : "public"
    const room = roomOf(request.method ?? "GET", request.url ?? "")
    if (!admission.isOpen(room, party)) {
      onRefusal(request)
      return refuseEarly(request, response, { newId, corsOrigins, detail: overload })
    }
    // A body that trickles in is no work yet.
    whenArrived(request, () => untilClosed(response, admission.enter(room, party)))
    void answer(request, response)
  }
  const server = createServer(
    {
      headersTimeout: limits.headersMs,
      requestTimeout: limits.requestMs,
      keepAliveTimeout: keepAliveMs,
      maxHeaderSize: limits.maxHeaderBytes,
      connectionsCheckingInterval: Math.min(2000, limits.headersMs),
    },
    take,
  )
  server.on("connection", connections.add)
  server.listen(port, host)
  await once(server, "listening")
  return {
    address: addressOf(host, server),
    async drain(delayMs) {
      isDraining = true
      await sleep(delayMs)
      admission.stop()
      const closed = once(server, "close")
      server.close()
      server.closeIdleConnections()
      const cut = setTimeout(() => server.closeAllConnections(), drainMs)
      await closed
      clearTimeout(cut)
    },
  }
}

function whenArrived(request: IncomingMessage, enter: () => void): void {
  if (request.complete || isWithoutBody(request)) enter()
  else request.once("end", enter)
}

function untilClosed(response: ServerResponse, leave: () => void): void {
  if (response.closed) leave()
  else response.once("close", leave)
}

const isWithoutBody = ({ method, headers }: IncomingMessage) =>
  method === "GET" || method === "HEAD" || headers["content-length"] === "0"

function addressOf(host: string, server: Server): string {
  const { port } = server.address() as AddressInfo
  const name = host === "0.0.0.0" || host === "::" ? "localhost" : host.includes(":") ? `[${host}]` : host
  return `http://${name}:${port}`
}

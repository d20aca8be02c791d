import { once } from "node:events"
import { createServer } from "node:http"
import type { Health } from "../../actions/operations/read-health.ts"
import type { Services } from "../../services.ts"
import { refuseEarly } from "./refuse-early.ts"

interface StartingServerOptions extends Pick<Services, "config" | "newId"> {
  health: () => Health
}

export interface StartingServer {
  /** Frees the port for the server that answers; does nothing when called again. */
  close(): Promise<void>
}

const asksHealth = /^\/health(\?|$)/

/** Listens while the service starts: `/health` says which step it is at, everything else is answered 503. */
export async function openStartingServer({ config, newId, health }: StartingServerOptions): Promise<StartingServer> {
  const { host, port, corsOrigins } = config
  const server = createServer((request, response) => {
    response.setHeader("connection", "close")
    const isHealth = asksHealth.test(request.url ?? "") && (request.method === "GET" || request.method === "HEAD")
    if (!isHealth)
      return refuseEarly(request, response, {
        newId,
        corsOrigins,
        detail: "the service is starting; /health says which step it is at",
      })
    response.writeHead(200, { "content-type": "application/json", "cache-control": "no-store" })
    response.end(JSON.stringify(health()))
  })
  server.listen(port, host)
  await once(server, "listening")
  return {
    async close() {
      if (!server.listening) return
      const closed = once(server, "close")
      server.close()
      server.closeAllConnections()
      await closed
    },
  }
}

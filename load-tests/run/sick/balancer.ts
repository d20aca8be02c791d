import { once } from "node:events"
import { Agent, createServer, type IncomingMessage, request, type ServerResponse } from "node:http"
import type { AddressInfo } from "node:net"

/** A balancer as simple as they come: it asks `/ready` each second, takes turns, and sends nothing twice. */
export interface Balancer {
  url: string
  /** True if the replica at this address gets traffic. */
  sendsTo(url: string): boolean
  close(): Promise<void>
}

interface Backend {
  url: URL
  agent: Agent
  isIn: boolean
}

const probeEveryMs = 1000

export async function startBalancer(urls: readonly string[]): Promise<Balancer> {
  const backends: Backend[] = urls.map((url) => ({
    url: new URL(url),
    agent: new Agent({ keepAlive: true }),
    isIn: false,
  }))
  let turn = 0
  const next = (): Backend | undefined => {
    const open = backends.filter(({ isIn }) => isIn)
    turn += 1
    return open[turn % Math.max(1, open.length)]
  }
  const probe = (backend: Backend) =>
    fetch(new URL("/ready", backend.url), { signal: AbortSignal.timeout(probeEveryMs) }).then(
      async (answer) => {
        await answer.arrayBuffer()
        backend.isIn = answer.ok
      },
      () => {
        backend.isIn = false
      },
    )
  const probeAll = () => Promise.all(backends.map(probe))
  const server = createServer((asked, answer) => {
    const backend = next()
    if (backend === undefined) return refuse(answer, 503)
    pass(backend, asked, answer)
  })
  server.keepAliveTimeout = 60_000
  await probeAll()
  const timer = setInterval(probeAll, probeEveryMs)
  server.listen(0, "127.0.0.1")
  await once(server, "listening")
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    sendsTo: (url) => backends.some((backend) => backend.isIn && backend.url.origin === url),
    async close() {
      clearInterval(timer)
      server.closeAllConnections()
      server.close()
      for (const { agent } of backends) agent.destroy()
    },
  }
}

function pass({ url, agent }: Backend, asked: IncomingMessage, answer: ServerResponse): void {
  const { method, url: path, headers } = asked
  const passed = request(new URL(path!, url), { method: method!, headers, agent }, (received) => {
    answer.writeHead(received.statusCode!, received.headers)
    received.pipe(answer)
  })
  passed.on("error", () => refuse(answer, 502))
  answer.on("close", () => passed.destroy())
  asked.pipe(passed)
}

function refuse(answer: ServerResponse, status: number): void {
  if (answer.headersSent) answer.destroy()
  else answer.writeHead(status).end()
}

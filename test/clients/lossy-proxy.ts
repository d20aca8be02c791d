import { once } from "node:events"
import { createServer, request as forward, type IncomingMessage, type ServerResponse } from "node:http"
import type { AddressInfo } from "node:net"

export interface LossyProxy {
  address: string
  /** POSTs whose answer was kept back. */
  lost(): number
  close(): Promise<void>
}

const kept = /^access-control-|^x-request-id$/

/**
 * Stands before a server as a bad network does: the first POSTs reach it, but their answer is a 503 or a 429 that says to come back. What a
 * client sends again has therefore landed already.
 */
export async function startLossyProxy(target: string, { losing }: { losing: number }): Promise<LossyProxy> {
  let lost = 0
  const pass = (request: IncomingMessage, response: ServerResponse) => {
    const { method, headers, url } = request
    const onward = forward(new URL(url ?? "/", target), { method: method!, headers }, (answer) => {
      const keepsBack = method === "POST" && answer.statusCode === 200 && lost < losing
      if (!keepsBack) {
        response.writeHead(answer.statusCode!, answer.headers)
        answer.pipe(response)
        return
      }
      lost += 1
      answer.resume()
      const own = Object.entries(answer.headers).filter(([name]) => kept.test(name))
      response.writeHead(lost % 2 === 1 ? 503 : 429, { ...Object.fromEntries(own), "retry-after": "1" }).end()
    })
    onward.on("error", () => response.writeHead(502).end())
    request.pipe(onward)
  }
  const server = createServer(pass).listen(0, "127.0.0.1")
  await once(server, "listening")
  return {
    address: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    lost: () => lost,
    async close() {
      server.closeAllConnections()
      server.close()
      await once(server, "close")
    },
  }
}

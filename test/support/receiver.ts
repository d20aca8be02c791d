import { once } from "node:events"
import { createServer, type IncomingHttpHeaders } from "node:http"
import type { AddressInfo } from "node:net"

interface Received {
  headers: IncomingHttpHeaders
  body: string
}

export interface Receiver {
  url: string
  received: readonly Received[]
  /** Resolves once so many requests have come. */
  has(count: number): Promise<void>
  /** Sets the answer to the next requests; a number is a status. */
  answerWith(
    answer: (request: Received) => number | Promise<number> | { status: number; headers: Record<string, string> },
  ): void
  close(): Promise<void>
}

/** A server on loopback that keeps what it is sent, as a shop's webhook would. */
export async function openReceiver(): Promise<Receiver> {
  const received: Received[] = []
  let answer: Parameters<Receiver["answerWith"]>[0] = () => 204
  let waiting: { count: number; resolve: () => void }[] = []
  const server = createServer(async (request, response) => {
    let body = ""
    for await (const chunk of request.setEncoding("utf8")) body += chunk
    const one = { headers: request.headers, body }
    received.push(one)
    for (const { resolve } of waiting.filter(({ count }) => count <= received.length)) resolve()
    waiting = waiting.filter(({ count }) => count > received.length)
    const given = await answer(one)
    const { status, headers } = typeof given === "number" ? { status: given, headers: {} } : given
    response.writeHead(status, headers).end()
  }).listen(0, "127.0.0.1")
  await once(server, "listening")
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`,
    received,
    has: (count) =>
      new Promise((resolve) => {
        if (received.length >= count) resolve()
        else waiting.push({ count, resolve })
      }),
    answerWith(next) {
      answer = next
    },
    async close() {
      server.closeAllConnections()
      server.close()
      await once(server, "close")
    },
  }
}

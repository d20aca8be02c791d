import { once } from "node:events"
import { type AddressInfo, connect, createServer, type Socket } from "node:net"

export interface BreakableDatabase {
  url: string
  /** Ends all connections and refuses new ones. */
  refuse(): void
  /** Keeps connections open and passes nothing on. */
  hang(): void
  /** Passes everything on, each way this much later. */
  slow(ms: number): void
  heal(): void
  /** Ends all connections and leads new ones to another database. */
  pointTo(databaseUrl: string): void
  close(): Promise<void>
}

/** A way to a real database that can be broken and healed. */
export async function breakDatabase(databaseUrl: string): Promise<BreakableDatabase> {
  let target = new URL(databaseUrl)
  const sockets = new Set<Socket>()
  let delayMs = 0
  let state: "whole" | "refusing" | "hanging" = "whole"
  const endAll = () => {
    for (const socket of sockets) socket.destroy()
    sockets.clear()
  }
  const server = createServer((near) => {
    if (state === "refusing") return near.destroy()
    const far = connect(Number(target.port), target.hostname)
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(from)
      from.on("data", (bytes) => {
        if (state !== "whole") return
        if (delayMs === 0) to.write(bytes)
        else setTimeout(() => to.write(bytes), delayMs)
      })
      from.on("close", () => to.destroy())
      from.on("error", () => {})
    }
  }).listen(0, "127.0.0.1")
  await once(server, "listening")
  const url = new URL(databaseUrl)
  url.port = String((server.address() as AddressInfo).port)
  return {
    url: url.href,
    refuse() {
      state = "refusing"
      endAll()
    },
    hang() {
      state = "hanging"
    },
    slow(ms) {
      delayMs = ms
    },
    heal() {
      if (state === "hanging" || delayMs > 0) endAll()
      delayMs = 0
      state = "whole"
    },
    pointTo(otherUrl) {
      target = new URL(otherUrl)
      endAll()
    },
    async close() {
      endAll()
      server.close()
      await once(server, "close")
    },
  }
}

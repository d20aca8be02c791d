import type { Socket } from "node:net"

export interface Connections {
  /** Takes a new connection; where there is no room, an idle one is closed for it, else it is closed itself. */
  add(socket: Socket): void
  /** Keeps a connection from being closed for others; call what it returns when its answer is sent. */
  work(socket: Socket): () => void
}

/** At most `max` connections: for one more, the oldest idle one of the address that holds most has to go, so that nobody holds them all. */
export function createConnections(max: number): Connections {
  const byAddress = new Map<string, Set<Socket>>()
  const working = new WeakMap<Socket, number>()
  let count = 0

  const remove = (address: string, socket: Socket) => {
    const own = byAddress.get(address)
    if (!own?.delete(socket)) return
    count -= 1
    if (own.size === 0) byAddress.delete(address)
  }
  const makeRoom = (): boolean => {
    const bySize = [...byAddress].sort(([, a], [, b]) => b.size - a.size)
    for (const [address, sockets] of bySize)
      for (const socket of sockets) {
        if ((working.get(socket) ?? 0) > 0) continue
        remove(address, socket)
        socket.destroy()
        return true
      }
    return false
  }
  return {
    add(socket) {
      if (count >= max && !makeRoom()) return void socket.destroy()
      const address = socket.remoteAddress ?? ""
      const own = byAddress.get(address) ?? new Set()
      byAddress.set(address, own.add(socket))
      count += 1
      socket.once("close", () => remove(address, socket))
    },
    work(socket) {
      working.set(socket, (working.get(socket) ?? 0) + 1)
      return () => working.set(socket, (working.get(socket) ?? 1) - 1)
    },
  }
}

import type { Socket } from "node:net"
import { greetingOf } from "./greeting.ts"

const quietMs = 20
/** A transaction that lost its connection sends a statement or its rollback yet; longer than its work takes between statements. */
const transactionMs = 2000
/** Bytes of `ReadyForQuery`, which ends each answer; the last is the state: idle, in a transaction, in a failed one. */
const readyBytes = 6
const readyCode = 0x5a
const idle = 0x49

/** True if an answer ends within a transaction, false if outside of one, `null` if this is not its end. */
function endsInTransaction(bytes: Buffer): boolean | null {
  const at = bytes.length - readyBytes
  return at >= 0 && bytes[at] === readyCode && bytes.readInt32BE(at + 1) === readyBytes - 1
    ? bytes[bytes.length - 1] !== idle
    : null
}

export interface ResilientSocket extends Socket {
  /** Ends a connection whose other side has been silent for too long. */
  endSilent(): void
}

/**
 * Has a socket that was connected, when its connection is lost, first refuse what is still written to it and say that it is closed
 * only when writing has ended. postgres.js (issues 1066, 1154, 1208) writes a transaction's rollback to a connection it knows is
 * closed, which ends the whole process, and keeps what it had not yet written for the next connection (see `padding`).
 */
export function makeResilient(socket: Socket): ResilientSocket {
  const [emit, write, end] = [socket.emit, socket.write, socket.end].map((method) => method.bind(socket)) as [
    (event: string | symbol, ...given: unknown[]) => boolean,
    (...given: unknown[]) => boolean,
    (...given: unknown[]) => Socket,
  ]
  let wasGreeted = false
  let wasEnded = false
  let isInTransaction = false
  let wasSilent = false
  let closing: { hadError: boolean; timer: NodeJS.Timeout } | undefined

  const refuse = () => {
    const loss = wasSilent
      ? Object.assign(new Error("the database did not answer in time"), { code: "CONNECTION_SILENT" })
      : Object.assign(new Error("the connection to the database was lost"), { code: "CONNECTION_CLOSED" })
    if (socket.listenerCount("error") > 0) emit("error", loss)
  }
  const closeWhenQuiet = (): NodeJS.Timeout => {
    const timer = setTimeout(
      () => {
        // Two turns more: what was written during a long computation comes after this timer.
        setImmediate(() => setImmediate(() => closing?.timer === timer && emit("close", closing.hadError)))
      },
      isInTransaction ? transactionMs : quietMs,
    )
    return timer
  }
  const refuseOrWrite = (...given: unknown[]): boolean => {
    if (!wasGreeted) given[0] = greetingOf(given[0] as Buffer)
    wasGreeted = true
    if (closing === undefined) return write(...given)
    if ((given[0] as Buffer).includes("rollback")) isInTransaction = false
    clearTimeout(closing.timer)
    closing.timer = closeWhenQuiet()
    setImmediate(refuse)
    return true
  }
  // Node puts a function of its own in its place where the other side has ended, which refuses nothing that is written.
  Object.defineProperty(socket, "write", { get: () => refuseOrWrite, set: () => {} })
  return Object.assign(socket, {
    emit(event: string | symbol, ...given: unknown[]) {
      if (event === "data") isInTransaction = endsInTransaction(given[0] as Buffer) ?? isInTransaction
      const isLoss = event === "close" && !wasEnded && closing === undefined
      if (!isLoss) return emit(event, ...given)
      closing = { hadError: given[0] === true, timer: closeWhenQuiet() }
      refuse()
      return true
    },
    /** The driver ends with a farewell; a socket whose other side has gone ends itself without one. */
    end(...given: unknown[]) {
      if (given.length > 0) wasEnded = true
      end(...given)
      return socket
    },
    endSilent() {
      wasSilent = true
      socket.destroy()
    },
  })
}

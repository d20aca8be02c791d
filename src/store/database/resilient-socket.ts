import { Socket } from "node:net"

const quietMs = 20

/**
 * A socket that, when its connection is lost, first refuses what is still written to it and says that it is closed only when
 * writing has ended. postgres.js (issues 1066, 1154, 1208) writes a transaction's rollback to a connection it knows is closed,
 * which ends the whole process, and keeps what it had not yet written for the next connection, which then never answers.
 */
export class ResilientSocket extends Socket {
  #wasConnected = false
  #wasEnded = false
  #wasSilent = false
  #closing: { hadError: boolean; timer: NodeJS.Timeout } | undefined

  override emit(event: string | symbol, ...given: unknown[]): boolean {
    if (event === "connect") this.#wasConnected = true
    const isLoss = event === "close" && this.#wasConnected && !this.#wasEnded && this.#closing === undefined
    if (!isLoss) return super.emit(event, ...given)
    this.#closing = { hadError: given[0] === true, timer: this.#closeWhenQuiet() }
    this.#refuse()
    return true
  }

  override write(...given: unknown[]): boolean {
    if (this.#closing === undefined) return Reflect.apply(super.write, this, given)
    clearTimeout(this.#closing.timer)
    this.#closing.timer = this.#closeWhenQuiet()
    setImmediate(() => this.#refuse())
    return true
  }

  /** The driver ends with a farewell; a socket whose other side has gone ends itself without one. */
  override end(...given: unknown[]): this {
    if (given.length > 0) this.#wasEnded = true
    return Reflect.apply(super.end, this, given)
  }

  /** Ends a connection whose other side has been silent for too long. */
  endSilent(): void {
    this.#wasSilent = true
    this.destroy()
  }

  #refuse(): void {
    const loss = this.#wasSilent
      ? Object.assign(new Error("the database did not answer in time"), { code: "CONNECTION_SILENT" })
      : Object.assign(new Error("the connection to the database was lost"), { code: "CONNECTION_CLOSED" })
    if (this.listenerCount("error") > 0) super.emit("error", loss)
  }

  #closeWhenQuiet(): NodeJS.Timeout {
    const timer = setTimeout(() => {
      // Two turns more: what was written during a long computation comes after this timer.
      setImmediate(() =>
        setImmediate(() => this.#closing?.timer === timer && super.emit("close", this.#closing.hadError)),
      )
    }, quietMs)
    return timer
  }
}

/** Opens the socket that postgres.js connects with; it takes the first host and port. */
export function openResilientSocket(options: {
  host: string[]
  port: number[]
  path?: string | false
}): ResilientSocket {
  const socket = new ResilientSocket()
  if (options.path) socket.connect(options.path)
  else socket.connect(options.port[0]!, options.host[0]!)
  return socket
}

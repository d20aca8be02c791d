type Settings = Readonly<Record<string, string>>

interface MessageStream {
  write(...given: unknown[]): boolean
  emit(event: string | symbol, ...given: unknown[]): boolean
}

/** Messages that the server answers the settings with, which the driver did not ask for. */
interface Exchange {
  /** Types still to come, in order. */
  swallow: string[]
}

const typeOf = (chunk: Buffer, at: number) => String.fromCharCode(chunk[at]!)
const headerBytes = 5

/** Statements that may share an implicit transaction with the settings; others, such as `create index concurrently`, go without. */
const mayFollowSettings = /^\s*(begin|start|select|with|insert|update|delete|lock)\b/i
const startsBatch = new Set(["P", "B", "D", "E", "C"])

/**
 * Gives every transaction its settings of the server where a pooler lends another server connection to each, so that a session has
 * none. They are sent together with the first statement, in its transaction: this costs no round trip. What the server answers to
 * them is taken out, so that the driver above knows nothing of it (PostgreSQL's frontend/backend protocol 3, chapter 54).
 */
export class TransactionSettings {
  readonly #extended: Buffer
  readonly #text: Buffer
  readonly #textAnswer: string[]
  readonly #exchanges: Exchange[] = []
  /** Transaction state of the server as it last said: idle, in a transaction, failed; empty before the session has begun. */
  #status = ""
  #isBatchOpen = false
  #kept = Buffer.alloc(0)
  /** Bytes of the message under way that are still to come. */
  #left = 0
  #isSwallowing = false
  /** Messages behind an exchange whose answer has not ended. */
  #waiting: Buffer[] = []

  constructor(settings: Settings) {
    const entries = Object.entries(settings)
    const calls = entries.map(([name, value]) => `set_config('${name}', '${value}', true)`)
    this.#extended = extended(`select ${calls.join(", ")}`)
    // Not a select, after which a transaction may no longer choose its isolation.
    this.#text = Buffer.from(entries.map(([name, value]) => `set local ${name} = '${value}'; `).join(""))
    this.#textAnswer = entries.map(() => "C")
  }

  /** Returns what to send now for whole messages that the driver sends; what it sends ahead waits for `released`. */
  outgoing(chunk: Buffer): Buffer {
    if (this.#status === "") return chunk
    for (let at = 0; at < chunk.length; ) {
      const end = at + 1 + chunk.readUInt32BE(at + 1)
      this.#waiting.push(chunk.subarray(at, end))
      at = end
    }
    return this.released()
  }

  /**
   * Returns what waited and may now be sent. The driver sends a statement with parameters in two parts, each answered. A pooler
   * that meets the end of another exchange between them lends the server's connection to somebody else, and the second part is
   * never answered; so one exchange begins when the one before has ended.
   */
  released(): Buffer {
    const parts: Buffer[] = []
    let sent = 0
    for (const message of this.#waiting) {
      const type = typeOf(message, 0)
      const begins = !this.#isBatchOpen && (startsBatch.has(type) || type === "S" || type === "Q")
      if (begins && this.#exchanges.length > 0) break
      parts.push(...this.#before(type, message))
      sent++
    }
    this.#waiting = this.#waiting.slice(sent)
    return parts.length === 1 ? parts[0]! : Buffer.concat(parts)
  }

  /** Returns what the driver may see of what the server sends, in pieces of any size. */
  incoming(chunk: Buffer): Buffer {
    const bytes = this.#kept.length > 0 ? Buffer.concat([this.#kept, chunk]) : chunk
    this.#kept = Buffer.alloc(0)
    const seen: Buffer[] = []
    let at = 0
    while (at < bytes.length) {
      if (this.#left === 0) {
        // The state of the transaction is the byte behind the header.
        const needed = typeOf(bytes, at) === "Z" ? headerBytes + 1 : headerBytes
        if (bytes.length - at < needed) {
          this.#kept = Buffer.from(bytes.subarray(at))
          break
        }
        this.#left = 1 + bytes.readUInt32BE(at + 1)
        this.#isSwallowing = this.#swallows(typeOf(bytes, at), bytes[at + headerBytes])
      }
      const end = Math.min(bytes.length, at + this.#left)
      if (!this.#isSwallowing) seen.push(bytes.subarray(at, end))
      this.#left -= end - at
      at = end
    }
    return seen.length === 1 ? seen[0]! : Buffer.concat(seen)
  }

  #before(type: string, message: Buffer): Buffer[] {
    const isIdle = this.#status === "I"
    if (type === "Q") {
      const text = message.subarray(headerBytes)
      const isSet = isIdle && mayFollowSettings.test(text.toString("utf8", 0, 20))
      this.#exchanges.push({ swallow: isSet ? [...this.#textAnswer] : [] })
      return isSet ? [withLength("Q", Buffer.concat([this.#text, text]))] : [message]
    }
    const isFirst = !this.#isBatchOpen && (startsBatch.has(type) || type === "S")
    if (isFirst) this.#exchanges.push({ swallow: isIdle && type !== "S" ? ["1", "2", "D", "C"] : [] })
    if (startsBatch.has(type)) this.#isBatchOpen = true
    if (type === "S") this.#isBatchOpen = false
    return isFirst && isIdle && type !== "S" ? [this.#extended, message] : [message]
  }

  #swallows(type: string, status: number | undefined): boolean {
    const [exchange] = this.#exchanges
    if (type === "Z") {
      this.#status = String.fromCharCode(status!)
      this.#exchanges.shift()
      return false
    }
    if (exchange === undefined) return false
    if (type === "E") exchange.swallow = []
    if (exchange.swallow[0] !== type) return false
    exchange.swallow.shift()
    return true
  }
}

function withLength(type: string, body: Buffer): Buffer {
  const header = Buffer.alloc(headerBytes)
  header.write(type)
  header.writeUInt32BE(body.length + 4, 1)
  return Buffer.concat([header, body])
}

/** Returns the messages that parse, bind and execute a statement without parameters. */
function extended(statement: string): Buffer {
  const parse = withLength("P", Buffer.from(`\0${statement}\0\0\0`))
  const bind = withLength("B", Buffer.alloc(8))
  const execute = withLength("E", Buffer.alloc(5))
  return Buffer.concat([parse, bind, execute])
}

/** Sends the settings with every transaction that goes through a socket. */
export function setPerTransaction<Stream extends MessageStream>(socket: Stream, settings: Settings): Stream {
  const transactions = new TransactionSettings(settings)
  const write = socket.write.bind(socket)
  const emit = socket.emit.bind(socket)
  return Object.assign(socket, {
    write: (chunk: Buffer, ...given: unknown[]) => write(transactions.outgoing(chunk), ...given),
    emit(event: string | symbol, ...given: unknown[]) {
      if (event !== "data") return emit(event, ...given)
      const seen = transactions.incoming(given[0] as Buffer)
      const released = transactions.released()
      if (released.length > 0) write(released)
      return seen.length > 0 && emit(event, seen)
    },
  })
}

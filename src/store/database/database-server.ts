import { Socket } from "node:net"
import type postgres from "postgres"
import { type DatabaseAddress, readDatabaseAddress } from "./database-address.ts"
import { dial } from "./dial.ts"
import { padding } from "./greeting.ts"
import { makeResilient, type ResilientSocket } from "./resilient-socket.ts"
import { setPerTransaction } from "./transaction-settings.ts"

/** Ways in which settings and kept statements reach the server through whatever stands before it. */
export interface Pooling {
  /** True if a session is one connection of the server: it keeps the settings it began with. */
  keepsSessions: boolean
  /** True if statements that were prepared once may be used again. */
  keepsStatements: boolean
}

/** A database and the hosts that it may be found at. */
export interface DatabaseServer {
  url: string
  pooling: Pooling
  /** Reads the address as it stands now. */
  address(): DatabaseAddress
  /** Opens a connection to the host that answered last, or to the next one if it failed; never rejects. */
  open(settings: Readonly<Record<string, string>> | null): Promise<ResilientSocket>
}

/** Less than a pool waits for its connections when it ends. */
const connectWithinMs = 4000
const direct: Pooling = { keepsSessions: true, keepsStatements: true }

/** Names a database by its URL, or by that of a file that holds it; nothing is asked of it yet. */
export function databaseServer(url: string, pooling: Pooling = direct): DatabaseServer {
  let current = 0
  const address = () => readDatabaseAddress(url)
  return {
    url,
    pooling,
    address,
    async open(settings) {
      const tried = current
      // Connections that fail together move on by one host.
      const moveOn = () => {
        if (current === tried) current += 1
      }
      try {
        const { hosts, encryption, isForWriting } = address()
        const host = hosts[tried % hosts.length]!
        const socket = await dial(host, encryption, AbortSignal.timeout(connectWithinMs))
        if (hosts.length > 1 || isForWriting) watchGreeting(socket, { isForWriting, moveOn })
        if (settings !== null) setPerTransaction(socket, settings)
        return makeResilient(socket)
      } catch (error) {
        moveOn()
        return failedSocket(error)
      }
    },
  }
}

/** Returns a socket that is lost as soon as whoever asked for it listens; the driver would lose a place of its pool by a rejection. */
function failedSocket(error: unknown): ResilientSocket {
  const socket = makeResilient(Object.assign(new Socket(), { write: () => true }))
  setImmediate(() => socket.destroy(error as Error))
  return socket
}

const readOnly = /(in_hot_standby|default_transaction_read_only)\0on\0/
/** The error of a server that starts, stops or recovers. */
const unready = /C57P0\d\0/
const readyForQuery = "Z\0\0\0\u0005"

/** Reads what a server says before its session begins, and moves on from one that takes no writes (PostgreSQL 14 and newer say so). */
function watchGreeting(socket: Socket, { isForWriting, moveOn }: { isForWriting: boolean; moveOn: () => void }): void {
  const emit = socket.emit.bind(socket) as (event: string | symbol, ...given: unknown[]) => boolean
  let greeting: string | null = ""
  Object.assign(socket, {
    emit(event: string | symbol, ...given: unknown[]) {
      if (event !== "data" || greeting === null) return emit(event, ...given)
      greeting += (given[0] as Buffer).toString("latin1")
      if (isForWriting && readOnly.test(greeting)) {
        moveOn()
        socket.destroy(standby())
        return true
      }
      if (unready.test(greeting)) moveOn()
      if (greeting.includes(readyForQuery)) greeting = null
      return emit(event, ...given)
    },
  })
}

const standby = () =>
  Object.assign(new Error("the database server takes no writes; the next host is tried"), { code: "25006" })

/** Returns the driver's options for a pool of at most `max` connections with these settings of the server. */
export function driverOptions(
  server: DatabaseServer,
  settings: Readonly<Record<string, string>>,
  onSocket: (socket: ResilientSocket) => ResilientSocket = (socket) => socket,
): postgres.Options<Record<string, never>> {
  const { user, password, database, parameters } = server.address()
  const { keepsSessions, keepsStatements } = server.pooling
  return {
    ...(user !== "" && { user }),
    ...(database !== "" && { database }),
    // Read at every connection; without any, the driver's variables and defaults stand.
    ...(password !== "" && { password: () => server.address().password }),
    prepare: keepsStatements,
    // The driver knows no socket option in its types; it takes the socket as connected.
    ...{ socket: () => server.open(keepsSessions ? null : settings).then(onSocket) },
    connection: {
      application_name: "beforehand",
      TimeZone: "UTC",
      ...parameters,
      ...(keepsSessions && settings),
      ...padding,
    },
  }
}

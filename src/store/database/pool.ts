import { channel } from "node:diagnostics_channel"
import postgres from "postgres"
import { closeGaps } from "./close-gaps.ts"
import { type DatabaseServer, driverOptions } from "./database-server.ts"
import { createPoolWaits, type PoolWaits, type WaitCounts } from "./pool-waits.ts"
import { type DriverQuery, type PoolLimits, type PoolWatch, unconfirmed, watchPool } from "./pool-watch.ts"

/** Tells whoever subscribes the text of every statement. */
const statements = channel("beforehand:statements")

/** Size and use of a pool at a moment. */
export interface PoolUsage {
  max: number
  open: number
  busy: number
  /** Statements and transactions without a connection. */
  waiting: number
  waits: WaitCounts
}

export interface Pool {
  client: postgres.Sql
  usage(): PoolUsage
  /** Ends the connections; queries under way may finish. */
  close(): Promise<void>
}

/** Longest pause before a connection that was refused is tried again; answers are normal again only after it. */
const longestBackoffSeconds = 0.4

/** Opens a pool of at most `max` connections, each with these settings of the server. */
export function openPool(
  server: DatabaseServer,
  max: number,
  settings: Readonly<Record<string, string>>,
  limits: PoolLimits,
): Pool {
  const watch = watchPool(limits)
  const client = postgres({
    ...driverOptions(server, settings, watch.addSocket),
    max,
    connect_timeout: 5,
    backoff: (attempt) => Math.min(2 ** attempt / 20, longestBackoffSeconds),
    onnotice: watch.notice,
    // The driver's own question about array types, asked as a connection opens, ends the process where that connection is lost.
    fetch_types: false,
    ...(statements.hasSubscribers && { debug: (_: number, text: string) => statements.publish(text) }),
  })
  const waits = createPoolWaits()
  watchQueries(client, watch, waits, limits)
  return {
    client,
    usage: () => ({ max, ...watch.usage(), waits: waits.counts() }),
    async close() {
      await client.end({ timeout: 5 })
      watch.stop()
    },
  }
}

const maxKeptParameters = 20

/** drizzle has the driver parse each statement every time, at the price of a round trip; ours are few, so connections keep them. */
function keepStatements(
  client: postgres.ISql,
  onQuery: <Q>(query: Q, isBegin: boolean) => Q,
  isOpen = () => true,
): void {
  const unsafe = client.unsafe.bind(client)
  const keeping: typeof unsafe = (query, parameters = [], options = {}) => {
    if (!isOpen()) throw new Error("the transaction has ended; this statement would be one of its own")
    // A text with a list of values is another statement for every length, and not worth keeping.
    const prepare = parameters.length > 0 && parameters.length <= maxKeptParameters
    return onQuery(closeGaps(unsafe(query, parameters, { ...options, prepare })), "onexecute" in options)
  }
  Object.assign(client, { unsafe: keeping })
}

const asMade = <Q>(query: Q): Q => query

/**
 * Watches statements and transactions. Of work that sends several statements together, one may fail while another waits to send its
 * next. That one is refused: the driver would send it on the same connection behind the rollback, where it is a transaction of its own.
 */
function watchQueries(client: postgres.Sql, watch: PoolWatch, waits: PoolWaits, limits: PoolLimits): void {
  let beginning: ((query: DriverQuery) => void) | undefined
  keepStatements(client, (query, isBegin) => {
    waits.measure(query)
    if (!isBegin) return watch.follow(query)
    beginning?.(query as DriverQuery)
    return query
  })
  const begin = client.begin.bind(client)
  const watching = async <T>(transact: (transaction: postgres.TransactionSql) => Promise<T>) => {
    const work = watch.begin(limits.transaction)
    // The driver makes the first query at once.
    beginning = (query) => Object.assign(work, { query })
    try {
      const result = await begin(async (transaction) => {
        let open = true
        keepStatements(transaction, asMade, () => open)
        try {
          return await transact(transaction)
        } finally {
          open = false
          watch.restart(work, limits.commit)
        }
      })
      if (work.isUnconfirmed) throw unconfirmed()
      return result
    } finally {
      watch.end(work)
    }
  }
  Object.assign(client, { begin: watching })
}

import { channel } from "node:diagnostics_channel"
import { sql } from "drizzle-orm"
import { drizzle, type PostgresJsDatabase } from "drizzle-orm/postgres-js"
import postgres from "postgres"
import { openResilientSocket } from "./resilient-socket.ts"
import * as schema from "./schema.ts"

export type Database = PostgresJsDatabase<typeof schema>

export interface Connection {
  database: Database
  /** The same for what finds a few rows by their keys: see `byKey`. */
  byKey: Database
  /** Ends the pools; queries under way may finish. */
  close(): Promise<void>
}

/**
 * Time limit of waiting for a lock, in milliseconds. Behind others who wait, a row takes two of them; and a group waits once more for its one item: all that
 * is within the patience of a question, so that a held row is known for what it is.
 */
const lockTimeout = { planned: "900", byKey: "450" }

/** A kept statement is planned anew each time: a plan made while tables were empty would stay when they have grown. */
const planned = { plan_cache_mode: "force_custom_plan", lock_timeout: lockTimeout.planned }

/**
 * Planning what finds a few rows by their keys takes three times as long as finding them. Such statements are planned once, and
 * may only go through indexes, row by row: a plan that is right however large the tables were and become.
 */
const byKey = {
  plan_cache_mode: "force_generic_plan",
  enable_seqscan: "off",
  enable_hashjoin: "off",
  enable_mergejoin: "off",
  lock_timeout: lockTimeout.byKey,
}

/** Within a transaction: waits for locks as long as others hold them. */
export const waitForLocks = sql`set local lock_timeout = 0`

/** Opens pools of half the connections each; nothing is asked of the server before the first query. */
export function connect(url: string, { connections = 10 }: { connections?: number } = {}): Connection {
  const max = Math.ceil(connections / 2)
  const anything = open(url, max, planned)
  const keyed = open(url, max, byKey)
  return {
    database: drizzle(anything, { schema }),
    byKey: drizzle(keyed, { schema }),
    async close() {
      await Promise.all([anything.end({ timeout: 5 }), keyed.end({ timeout: 5 })])
    },
  }
}

/** Tells whoever subscribes the text of every statement. */
const statements = channel("beforehand:statements")

function open(url: string, max: number, settings: Readonly<Record<string, string>>): postgres.Sql {
  const socket = { socket: openResilientSocket }
  const client = postgres(url, {
    ...socket,
    max,
    connect_timeout: 10,
    backoff: (attempt) => Math.min(2 ** attempt / 20, 1),
    onnotice: () => {},
    // The driver's own question about array types, asked as a connection opens, ends the process where that connection is lost.
    fetch_types: false,
    ...(statements.hasSubscribers && { debug: (_: number, text: string) => statements.publish(text) }),
    connection: { application_name: "beforehand", TimeZone: "UTC", ...settings },
  })
  keepStatements(client)
  keepStatementsInTransactions(client)
  return client
}

const maxKeptParameters = 20

/** drizzle has the driver parse each statement every time, at the price of a round trip; ours are few, so connections keep them. */
function keepStatements(client: postgres.ISql, isOpen = () => true): void {
  const unsafe = client.unsafe.bind(client)
  const keeping: typeof unsafe = (query, parameters = [], options = {}) => {
    if (!isOpen()) throw new Error("the transaction has ended; this statement would be one of its own")
    // A text with a list of values is another statement for every length, and not worth keeping.
    const prepare = parameters.length > 0 && parameters.length <= maxKeptParameters
    return unsafe(query, parameters, { ...options, prepare })
  }
  Object.assign(client, { unsafe: keeping })
}

/**
 * Of work that sends several statements together, one may fail while another waits to send its next. That one is refused: the driver
 * would send it on the same connection behind the rollback, where it is a transaction of its own.
 */
function keepStatementsInTransactions(client: postgres.Sql): void {
  const begin = client.begin.bind(client)
  const keeping = <T>(work: (transaction: postgres.TransactionSql) => Promise<T>) =>
    begin(async (transaction) => {
      let open = true
      keepStatements(transaction, () => open)
      try {
        return await work(transaction)
      } finally {
        open = false
      }
    })
  Object.assign(client, { begin: keeping })
}

import { drizzle, type PostgresJsDatabase } from "drizzle-orm/postgres-js"
import postgres from "postgres"
import { openPatientSocket } from "./patient-socket.ts"
import * as schema from "./schema.ts"

export type Database = PostgresJsDatabase<typeof schema>

export interface Connection {
  database: Database
  /** Ends the pool; queries under way may finish. */
  close(): Promise<void>
}

/** Opens a pool; nothing is asked of the server before the first query. */
export function connect(url: string, { connections = 10 }: { connections?: number } = {}): Connection {
  const socket = { socket: openPatientSocket }
  const client = postgres(url, {
    ...socket,
    max: connections,
    connect_timeout: 10,
    backoff: (attempt) => Math.min(2 ** attempt / 20, 1),
    onnotice: () => {},
    // The driver's own question about array types, asked as a connection opens, ends the process where that connection is lost.
    fetch_types: false,
    // A kept statement is planned anew each time: a plan made while tables were empty would stay when they have grown.
    connection: { application_name: "beforehand", TimeZone: "UTC", plan_cache_mode: "force_custom_plan" },
  })
  keepStatements(client)
  keepStatementsInTransactions(client)
  return { database: drizzle(client, { schema }), close: () => client.end({ timeout: 5 }) }
}

const maxKeptParameters = 20

/** drizzle has the driver parse each statement every time, at the price of a round trip; ours are few, so connections keep them. */
function keepStatements(client: postgres.ISql): void {
  const unsafe = client.unsafe.bind(client)
  const keeping: typeof unsafe = (query, parameters = [], options = {}) => {
    // A text with a list of values is another statement for every length, and not worth keeping.
    const prepare = parameters.length > 0 && parameters.length <= maxKeptParameters
    return unsafe(query, parameters, { ...options, prepare })
  }
  Object.assign(client, { unsafe: keeping })
}

function keepStatementsInTransactions(client: postgres.Sql): void {
  const begin = client.begin.bind(client)
  const keeping = <T>(work: (transaction: postgres.TransactionSql) => Promise<T>) =>
    begin((transaction) => {
      keepStatements(transaction)
      return work(transaction)
    })
  Object.assign(client, { begin: keeping })
}

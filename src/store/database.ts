import { drizzle, type PostgresJsDatabase } from "drizzle-orm/postgres-js"
import postgres from "postgres"
import * as schema from "./schema.ts"

export type Database = PostgresJsDatabase<typeof schema>

export interface Connection {
  database: Database
  /** Ends the pool; queries under way may finish. */
  close(): Promise<void>
}

/** Opens a pool; nothing is asked of the server before the first query. */
export function connect(url: string, { connections = 10 }: { connections?: number } = {}): Connection {
  const client = postgres(url, {
    max: connections,
    connect_timeout: 10,
    onnotice: () => {},
    connection: { application_name: "beforehand", TimeZone: "UTC" },
  })
  return { database: drizzle(client, { schema }), close: () => client.end({ timeout: 5 }) }
}

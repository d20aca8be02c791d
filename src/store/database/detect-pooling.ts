import postgres from "postgres"
import { type DatabaseServer, databaseServer, driverOptions, type Pooling } from "./database-server.ts"

/** A setting with a value that nobody else gives it. */
const probe = { lock_timeout: "98765" }
/** Errors by which poolers refuse a setting that they cannot keep: PgBouncer's, and those of the protocol. */
const refusals = new Set(["08P01", "0A000", "42704"])

/**
 * Finds out what stands before the server: whether a session keeps the settings that it begins with, and, where a pooler does not
 * let it, whether that one keeps prepared statements. Asks each host in turn until one answers.
 */
export async function detectPooling(url: string): Promise<DatabaseServer> {
  const server = databaseServer(url)
  const hosts = server.address().hosts.length
  for (let tries = 1; ; tries++) {
    try {
      if (await keepsSettings(server)) return server
      const pooled = databaseServer(url, { keepsSessions: false, keepsStatements: false })
      return databaseServer(url, await poolingOf(pooled))
    } catch (error) {
      if (tries >= hosts) throw error
    }
  }
}

async function keepsSettings(server: DatabaseServer): Promise<boolean> {
  try {
    const [row] = await ask(server, probe, (client) => client.unsafe("select current_setting('lock_timeout') as given"))
    return row?.given === "98765ms"
  } catch (error) {
    if (refusals.has((error as { code?: string }).code ?? "")) return false
    throw error
  }
}

/** A pooler that keeps prepared statements gives them names of its own: the server then knows the statement by another than ours. */
async function poolingOf(server: DatabaseServer): Promise<Pooling> {
  const keeping = databaseServer(server.url, { keepsSessions: false, keepsStatements: true })
  const names = await ask(keeping, {}, async (client) => {
    const rows =
      await client`select name from pg_prepared_statements where statement like ${"%pg_prepared_statements where statement like%"}`
    return rows.map(({ name }) => ({ name, ours: rows.statement.name }))
  })
  return { keepsSessions: false, keepsStatements: names.length > 0 && names.every(({ name, ours }) => name !== ours) }
}

async function ask<T>(
  server: DatabaseServer,
  settings: Readonly<Record<string, string>>,
  question: (client: postgres.Sql) => PromiseLike<T>,
): Promise<T> {
  const common = { max: 1, connect_timeout: 5, fetch_types: false, onnotice: () => {} }
  const client = postgres({ ...driverOptions(server, settings), ...common })
  try {
    return await question(client)
  } finally {
    await client.end({ timeout: 1 })
  }
}

import postgres from "postgres"

/** Opens the one connection of a backup or a restore: no time limit, and texts that are the same on every server. */
export function openCopyConnection(url: string): postgres.Sql {
  return postgres(url, {
    max: 1,
    connect_timeout: 10,
    onnotice: () => {},
    fetch_types: false,
    idle_timeout: 0,
    max_lifetime: null,
    connection: {
      application_name: "beforehand backup",
      TimeZone: "UTC",
      DateStyle: "ISO",
      IntervalStyle: "postgres",
      extra_float_digits: 3,
      bytea_output: "hex",
      client_encoding: "UTF8",
      statement_timeout: 0,
      lock_timeout: 0,
      idle_in_transaction_session_timeout: 0,
    },
  })
}

/** Returns the URL of another database of the same server. */
export function siblingUrl(url: string, database: string): string {
  const sibling = new URL(url)
  sibling.pathname = `/${encodeURIComponent(database)}`
  return sibling.href
}

export const databaseOf = (url: string): string => decodeURIComponent(new URL(url).pathname.slice(1))

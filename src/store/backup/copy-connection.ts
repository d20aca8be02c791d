import postgres from "postgres"
import { databaseServer, driverOptions } from "../database/database-server.ts"

const settings = {
  application_name: "beforehand backup",
  TimeZone: "UTC",
  DateStyle: "ISO",
  IntervalStyle: "postgres",
  extra_float_digits: "3",
  bytea_output: "hex",
  statement_timeout: "0",
  lock_timeout: "0",
  idle_in_transaction_session_timeout: "0",
}

/** Opens the one connection of a backup or a restore: no time limit, and texts that are the same on every server. */
export function openCopyConnection(url: string): postgres.Sql {
  return postgres({
    ...driverOptions(databaseServer(url), settings),
    max: 1,
    connect_timeout: 10,
    onnotice: () => {},
    fetch_types: false,
    idle_timeout: 0,
    max_lifetime: null,
  })
}

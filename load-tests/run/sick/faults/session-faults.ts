import postgres from "postgres"
import { type ReplicatedDatabase, serviceRole } from "../replicated-database.ts"
import { type Fault, repeatedly } from "./fault.ts"

/** A table for events, one for decisions, and one that both read. */
const lockedTables = ["events", "decisions", "profiles"]

/** A migration or a careless session locks a whole table; another one in each round. */
export const lockedTable: Fault = {
  name: "lockedTable",
  degrades: true,
  begin: ({ database }, round) =>
    holding(database, [`lock table ${lockedTables[round % lockedTables.length]} in access exclusive mode`]),
}

const busiestCustomer = "(select customer_id from identifiers where type = 'userId' and value = 'u-1')"

/** A session holds the rows of the customer who is asked about most. */
export const lockedRow: Fault = {
  name: "lockedRow",
  degrades: false,
  begin: ({ database }) =>
    holding(
      database,
      ["profiles", "contacts"].map((table) => `select from ${table} where customer_id = ${busiestCustomer} for update`),
    ),
}

/** Runs statements in a transaction of the superuser that stays open until the fault ends. */
async function holding(database: ReplicatedDatabase, statements: readonly string[]): Promise<() => Promise<void>> {
  const client = postgres(database.adminUrl(), { max: 1, onnotice: () => {} })
  const session = await client.reserve()
  await session.unsafe("begin")
  for (const statement of statements) await session.unsafe(statement)
  return async () => {
    await session.unsafe("rollback")
    session.release()
    await client.end()
  }
}

/** Somebody cancels whatever statement of the service is seen, twenty times a second. */
export const cancelledStatement: Fault = {
  name: "cancelledStatement",
  degrades: false,
  begin: async ({ database }) => cancelling(database),
}

/** Cancels one of the service's statements at a time until told to stop. */
export function cancelling(database: ReplicatedDatabase): () => Promise<void> {
  const client = postgres(database.adminUrl(), { max: 1, onnotice: () => {} })
  const stop = repeatedly(
    50,
    () => client`
      select pg_cancel_backend(pid) from pg_stat_activity where usename = ${serviceRole} and state = 'active'
      order by random() limit 1`,
  )
  return async () => {
    await stop()
    await client.end()
  }
}

const tooManyConnections = "53300"

/** Other programs take every connection, also those that the service had. */
export const outOfConnections: Fault = {
  name: "outOfConnections",
  degrades: true,
  async begin({ database }) {
    const administrator = postgres(database.adminUrl(), { max: 1, onnotice: () => {} })
    const url = database.urlAt(database.primary())
    const others: postgres.Sql[] = []
    const takeAll = async () => {
      for (let isFull = false; !isFull; ) {
        const other = postgres(url, {
          max: 1,
          onnotice: () => {},
          fetch_types: false,
          connection: { application_name: "other" },
        })
        isFull = await other`select 1`.then(
          () => false,
          (error: { code?: string }) => {
            if (error.code !== tooManyConnections) throw error
            return true
          },
        )
        if (isFull) await other.end()
        else others.push(other)
      }
    }
    const takeAllAgain = async () => {
      await takeAll()
      await administrator`
        select pg_terminate_backend(pid) from pg_stat_activity
        where usename = ${serviceRole} and application_name <> 'other'`
      await takeAll()
    }
    await takeAllAgain()
    const stop = repeatedly(200, takeAllAgain)
    return async () => {
      await stop()
      await Promise.all(others.map((other) => other.end()))
      await administrator.end()
    }
  },
}

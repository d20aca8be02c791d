import { sql } from "drizzle-orm"
import { drizzle, type PostgresJsDatabase } from "drizzle-orm/postgres-js"
import type postgres from "postgres"
import { type DatabaseServer, databaseServer } from "./database-server.ts"
import { openPool, type PoolUsage } from "./pool.ts"
import type { PoolLimits } from "./pool-watch.ts"
import * as schema from "./schema.ts"

export type Database = PostgresJsDatabase<typeof schema>

/** Use of a pool, by its name: rows found by key apart from all others, reads apart from writes. */
export interface NamedPool extends PoolUsage {
  name: "keyedReads" | "keyedWrites" | "reads" | "writes"
}

export interface Connection {
  database: Database
  /** The same for reading a few rows by their keys: see `byKey`. */
  byKey: Database
  /** The same for groups of decisions and events, which no read and no other write may keep waiting. */
  writing: Database
  /** Returns the size and use of each pool now. */
  pools(): NamedPool[]
  /** Ends the pools; queries under way may finish. */
  close(): Promise<void>
}

/**
 * Time limit of waiting for a lock, in milliseconds; behind others who wait, a row takes two of them. That of answers is short enough for
 * a group and then each item of it to wait within the time that the record of an answer may take.
 */
export const lockTimeoutMs = { planned: 900, byKey: 450, answer: 120 }

/** A kept statement is planned anew each time: a plan made while tables were empty would stay when they have grown. */
const planned = { plan_cache_mode: "force_custom_plan", lock_timeout: String(lockTimeoutMs.planned) }

/**
 * Planning what finds a few rows by their keys takes three times as long as finding them. Such statements are planned once, and
 * may only go through indexes, row by row: a plan that is right however large the tables were and become.
 */
const byKey = {
  plan_cache_mode: "force_generic_plan",
  enable_seqscan: "off",
  enable_hashjoin: "off",
  enable_mergejoin: "off",
  lock_timeout: String(lockTimeoutMs.byKey),
  statement_timeout: "1500",
  idle_in_transaction_session_timeout: "10000",
}

/** Limits of what finds a few rows by their keys: all within the 2 s that a caller waits, and the connection is free again soon after. */
const keyedLimits: PoolLimits = {
  statement: { cancelMs: 1700, cutMs: 3000 },
  transaction: { cancelMs: 3000, cutMs: 4500 },
  commit: { cancelMs: 1700, cutMs: 3000 },
}
/** Limits of other reads: bulk may take 30 s, and a connection that was lost without a word is given up. */
const readLimits: PoolLimits = { statement: { cancelMs: 31_000, cutMs: 35_000 } }
/** Limits of other writes, which may take long, as migrations and imports do; waiting for a standby may not. */
const writeLimits: PoolLimits = { commit: { cancelMs: 1700, cutMs: 15_000 } }

/** Within a transaction: waits for each lock so many milliseconds at most; 0: as long as others hold it. */
export const waitForLocks = (atMostMs: number) => sql.raw(`set local lock_timeout = ${atMostMs}`)

/** Does work of a transaction that waits for each lock so many milliseconds at most; it costs no way there and back. */
export async function withLockTimeout<T>(
  transaction: Pick<Database, "execute">,
  atMostMs: number,
  work: () => Promise<T>,
): Promise<T> {
  // Asked for before the work begins, because drizzle sends nothing before that.
  const isSet = Promise.resolve(transaction.execute(waitForLocks(atMostMs)))
  const [, result] = await Promise.all([isSet, work()])
  return result
}

/** Opens four pools, for reads and writes apart and for rows found by key apart; nothing is asked of the server before the first query. */
export function connect(
  at: string | DatabaseServer,
  { connections = 10, statementTimeoutMs = 0 }: { connections?: number; statementTimeoutMs?: number } = {},
): Connection {
  const server = typeof at === "string" ? databaseServer(at) : at
  const limited = { ...planned, ...(statementTimeoutMs > 0 && { statement_timeout: String(statementTimeoutMs) }) }
  const tenths = (share: number) => Math.ceil((connections * share) / 10)
  const keyedReads = openPool(server, tenths(3), byKey, keyedLimits)
  const keyedWrites = openPool(server, tenths(3), byKey, keyedLimits)
  const reads = openPool(server, tenths(2), limited, readLimits)
  // A migration holds its lock with one while it works with another.
  const writes = openPool(server, Math.min(connections, Math.max(2, tenths(2))), limited, writeLimits)
  const pools = [keyedReads, keyedWrites, reads, writes]
  // drizzle reads types its own way, and sets that on the client it is given.
  const [byKeyReads, byKeyWrites] = pools.map(({ client }) => drizzle(client, { schema }))
  return {
    database: drizzle(byStatement(reads.client, writes.client), { schema }),
    byKey: byKeyReads!,
    writing: byKeyWrites!,
    pools: () => [
      { name: "keyedReads", ...keyedReads.usage() },
      { name: "keyedWrites", ...keyedWrites.usage() },
      { name: "reads", ...reads.usage() },
      { name: "writes", ...writes.usage() },
    ],
    async close() {
      await Promise.all(pools.map(({ close }) => close()))
    },
  }
}

const readsOnly =
  /^\s*(select|with|show)\b(?!.*\b(insert into|update|delete from|for share|pg_advisory\w*|nextval)\b)/is

/** Returns a client that sends statements that only read through one pool, and others and transactions through another. */
function byStatement(reads: postgres.Sql, writes: postgres.Sql): postgres.Sql {
  const unsafe: postgres.Sql["unsafe"] = (query, ...given) =>
    (readsOnly.test(query) ? reads : writes).unsafe(query, ...given)
  const reserve = async () => {
    // The driver reserves no connection that it has to open first, where it asks for no types: it waits for ever.
    await writes.unsafe("select")
    return writes.reserve()
  }
  return Object.assign(() => {}, {
    options: reads.options,
    unsafe,
    begin: writes.begin,
    reserve,
  }) as unknown as postgres.Sql
}

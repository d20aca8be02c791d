import { sql } from "drizzle-orm"
import { idBound } from "../../core/ids/uuid.ts"
import { ApiError } from "../../core/problem/problem.ts"
import { dayMs } from "../../core/time/durations.ts"
import { isoDay } from "../../core/time/iso-day.ts"
import { lockUntilCommit } from "./advisory-lock.ts"
import { dataInventory, type Lifetimes } from "./data-inventory.ts"
import { type Database, waitForLocks } from "./database.ts"
import { isForbidden, isWithoutPartition } from "./database-errors.ts"
import { epochMs } from "./epoch.ts"
import { retryLocks } from "./retry-locks.ts"
import { mayChangeSchema } from "./schema-state.ts"

type Transaction = Pick<Database, "execute">

export interface PartitionStore {
  /** The database's clock, milliseconds since the epoch. */
  now(): Promise<number>
  /** Makes the partitions that rows written at a moment, and for two periods or so many days after it, need; returns the names of the new. */
  createUpcoming(atMs: number, aheadDays?: number): Promise<string[]>
  /** True if the role of the connections owns the tables, so that it may make and drop partitions. */
  mayChange(): Promise<boolean>
  /** Returns until when every table has a partition to write to, milliseconds since the epoch. */
  endsAt(): Promise<number>
  /** Returns the same, at most a minute old. */
  knownEnd(): Promise<number>
  /** Drops what ended longer ago than its lifetime in days; reads and writes wait for it 50 ms at most. Returns the names of the dropped. */
  dropOld(atMs: number, lifetimes: PartitionLifetimes): Promise<string[]>
}

type PartitionLifetimes = Pick<Lifetimes, "events" | "decisions" | "messages">

interface PartitionedTable {
  table: string
  lifetime: keyof PartitionLifetimes
  periodDays: number
  /** The first value of the partition key at a moment. */
  boundAt: (ms: number) => string
  /** Statements that a partition needs beside the indexes of its table. */
  ownKey?: string
}

const timeAt = (ms: number) => new Date(ms).toISOString()

/** A decision after its index and its outcomes, so that none is found without them. */
const partitionedTables: readonly PartitionedTable[] = dataInventory
  .flatMap(({ name, lifetime }) => (lifetime.kind === "partitions" ? [{ name, ...lifetime }] : []))
  .map(({ name, days, periodDays, dividedBy, ownKey }) => ({
    table: name,
    lifetime: days,
    periodDays,
    boundAt: dividedBy === "time" ? timeAt : idBound,
    ...(ownKey !== undefined && { ownKey }),
  }))
  .reverse()

export const messagePeriodMs = partitionedTables.find(({ table }) => table === "messages")!.periodDays * dayMs

/** Transactions that hold the same message begin less than this apart, whatever their clocks. */
export const messageOverlapMs = 10 * 60_000

const periodsAhead = 2
const knownMs = 60_000

/** Days of partitions ahead that whoever makes them in time never falls below: the shortest are made two weeks ahead. */
export const fewPartitionDays = 10

export function createPartitionStore(database: Database): PartitionStore {
  let known: { endsAt: number; at: number } | null = null
  return {
    async now() {
      const [row] = await database.execute<{ now: number }>(sql`select ${epochMs("clock_timestamp()")} as now`)
      return row!.now
    },

    createUpcoming: (atMs, aheadDays = 0) => createUpcomingPartitions(database, atMs, aheadDays),

    mayChange: () => mayChangeSchema(database),

    endsAt: () => endOfPartitions(database),

    async knownEnd() {
      if (known === null || performance.now() - known.at > knownMs)
        known = { endsAt: await endOfPartitions(database), at: performance.now() }
      return known.endsAt
    },

    async dropOld(atMs, lifetimes) {
      const dropped: string[] = []
      for (const { table, lifetime } of partitionedTables) {
        const diedAt = atMs - lifetimes[lifetime] * dayMs
        for (const partition of await partitionsOf(database, table))
          if (partition.endsAt <= diedAt) {
            await drop(database, table, partition)
            dropped.push(partition.name)
          }
      }
      return dropped
    },
  }
}

async function endOfPartitions(database: Database): Promise<number> {
  const ends = partitionedTables.map(async ({ table }) => {
    const partitions = await partitionsOf(database, table)
    return Math.max(...partitions.filter(({ state }) => state === "attached").map(({ endsAt }) => endsAt))
  })
  return Math.min(...(await Promise.all(ends)))
}

/**
 * Makes what is missing from the period of a moment to two after it, or to that of so many days after it, and the one before it while
 * its messages are still claimed; a period before all that exist is not made.
 */
async function createUpcomingPartitions(database: Database, atMs: number, aheadDays = 0): Promise<string[]> {
  return database.transaction(async (transaction) => {
    await transaction.execute(waitForLocks(0))
    await lockUntilCommit(transaction, "partitions")
    const made: string[] = []
    for (const part of partitionedTables) {
      const existing = new Set((await partitionsOf(transaction, part.table)).map(({ endsAt }) => endsAt))
      for (const endsAt of endsAhead(part, atMs, aheadDays))
        if (!existing.has(endsAt) && endsAt > Math.min(...existing)) made.push(await make(transaction, part, endsAt))
    }
    return made
  })
}

/**
 * Writes rows of a moment; where a clock ran ahead of all partitions, those it needs are made on the spot, by whichever process is
 * first.
 */
export async function writeAt<T>(database: Database, atMs: number, write: () => Promise<T>): Promise<T> {
  try {
    return await write()
  } catch (error) {
    if (!isWithoutPartition(error)) throw error
  }
  try {
    await createUpcomingPartitions(database, atMs)
  } catch (error) {
    if (isForbidden(error)) throw withoutPartition(error)
    throw error
  }
  try {
    return await write()
  } catch (error) {
    if (!isWithoutPartition(error)) throw error
    throw new ApiError(
      "unavailable",
      "the server clock is earlier than the oldest partition; correct the clock, then send this again",
      {
        retryAfterSeconds: 10,
      },
    )
  }
}

const withoutPartition = (cause: unknown) =>
  new ApiError(
    "unavailable",
    'there is no partition for this time, and this service may not make one; run "beforehand partitions" with the role that owns the tables',
    { retryAfterSeconds: 10, cause },
  )

function endsAhead({ periodDays }: PartitionedTable, atMs: number, aheadDays: number): number[] {
  const periodMs = periodDays * dayMs
  const aheadMs = Math.max(aheadDays * dayMs, periodsAhead * periodMs)
  const first = (Math.floor((atMs - messageOverlapMs) / periodMs) + 1) * periodMs
  const last = (Math.floor((atMs + aheadMs) / periodMs) + 1) * periodMs
  return Array.from({ length: (last - first) / periodMs + 1 }, (_, n) => first + n * periodMs)
}

/** Made apart and then attached, because attaching lets others read and write the table meanwhile. */
async function make(transaction: Transaction, part: PartitionedTable, endsAt: number): Promise<string> {
  const { table, periodDays, boundAt, ownKey } = part
  const name = `${table}_until_${isoDay(endsAt).replaceAll("-", "")}`
  const run = (statement: string) => transaction.execute(sql.raw(statement))
  await run(`create table "${name}" (like "${table}" including defaults)`)
  if (ownKey !== undefined) await run(`alter table "${name}" add primary key (${ownKey})`)
  const [from, to] = [boundAt(endsAt - periodDays * dayMs), boundAt(endsAt)]
  await run(`alter table "${table}" attach partition "${name}" for values from ('${from}') to ('${to}')`)
  return name
}

interface Partition {
  name: string
  endsAt: number
  state: "attached" | "detaching" | "detached"
}

/** By the end each has in its name; with those whose dropping was cut short. */
async function partitionsOf(transaction: Transaction, table: string): Promise<Partition[]> {
  const rows = await transaction.execute<{ name: string; state: Partition["state"] }>(sql`
    select relname as name,
      case when inhparent is null then 'detached' when inhdetachpending then 'detaching' else 'attached' end as state
    from pg_class left join pg_inherits on inhrelid = pg_class.oid
    where relkind = 'r' and relnamespace = current_schema()::regnamespace and relname ~ ${`^${table}_until_[0-9]{8}$`}
    order by relname`)
  return rows.map(({ name, state }) => ({ name, state, endsAt: endOf(name) }))
}

function endOf(name: string): number {
  const [, year, month, day] = /_until_(....)(..)(..)$/.exec(name)!
  return Date.parse(`${year}-${month}-${day}T00:00:00Z`)
}

/** Gives up waiting for locks sooner than queries should: others queue behind it. */
const lockWaitMs = 50

async function drop(database: Database, table: string, { name, state }: Partition): Promise<void> {
  const run = (statement: string) =>
    database.transaction(async (transaction) => {
      await transaction.execute(waitForLocks(lockWaitMs))
      await transaction.execute(sql.raw(statement))
    })
  const untilFree = (statement: string) => retryLocks(() => run(statement), { mostTries: 40, longestPauseMs: 150 })
  // Not `concurrently`, which a distributed table cannot; so it needs the whole table for a moment, and tries until nobody has it.
  if (state === "attached") await untilFree(`alter table "${table}" detach partition "${name}"`)
  if (state === "detaching") await run(`alter table "${table}" detach partition "${name}" finalize`)
  await untilFree(`drop table "${name}"`)
}

import postgres from "postgres"
import type { BreakableDatabase } from "../../../test/support/breakable-database.ts"
import type { ReplicatedDatabase } from "./replicated-database.ts"

/** The database and the network to it, which faults break. */
export interface FaultyWorld {
  database: ReplicatedDatabase
  /** The way from the service to the primary. */
  network: BreakableDatabase
}

export interface Fault {
  name: string
  /** True if everybody is meant to notice; false where only who needs one row, or one statement, is concerned. */
  degrades: boolean
  /** Makes the database sick; what it returns makes it well again. */
  begin(world: FaultyWorld, round: number): Promise<() => Promise<void>>
}

/** Every way a database is sick that is made real, in the order in which they are tried. */
export const faults: readonly Fault[] = [
  {
    name: "absent",
    degrades: true,
    async begin({ database }) {
      await database.primary().stop()
      return () => database.startPrimary()
    },
  },
  {
    name: "hungCommits",
    degrades: true,
    async begin({ database }) {
      await database.standby().stop()
      return () => database.startStandby()
    },
  },
  {
    name: "lockedTable",
    degrades: true,
    begin: ({ database }, round) =>
      holding(database, `lock table ${lockedTables[round % lockedTables.length]} in access exclusive mode`),
  },
]

/** A table for events, one for decisions, and one that both read. */
const lockedTables = ["events", "decisions", "profiles"]

/** Runs a statement in a transaction of the superuser that stays open until the fault ends. */
async function holding(database: ReplicatedDatabase, statement: string): Promise<() => Promise<void>> {
  const client = postgres(database.adminUrl(), { max: 1, onnotice: () => {} })
  const session = await client.reserve()
  await session.unsafe("begin")
  await session.unsafe(statement)
  return async () => {
    await session.unsafe("rollback")
    session.release()
    await client.end()
  }
}

import type { Connection, Database } from "../database/database.ts"

class RolledBack extends Error {
  readonly value: unknown
  constructor(value: unknown) {
    super("a dry run is taken back")
    this.value = value
  }
}

type Transact = <T>(write: (transaction: Pick<Database, "execute">) => Promise<T>) => Promise<T>

const commit =
  (database: Connection["database"]): Transact =>
  (write) =>
    database.transaction(write)

/** Runs a transaction for what it answers, and takes back all that it wrote. */
const takeBack =
  (database: Connection["database"]): Transact =>
  async <T>(write: (transaction: Pick<Database, "execute">) => Promise<T>) => {
    try {
      return await database.transaction(async (transaction): Promise<never> => {
        throw new RolledBack(await write(transaction))
      })
    } catch (error) {
      if (error instanceof RolledBack) return error.value as T
      throw error
    }
  }

/** Returns how a change is made: for good, or, as a dry run, taken back once it has answered. */
export const transactAs = (database: Connection["database"], { dryRun }: { dryRun: boolean }): Transact =>
  dryRun ? takeBack(database) : commit(database)

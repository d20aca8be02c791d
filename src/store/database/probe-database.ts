import { setTimeout as sleep } from "node:timers/promises"
import { sql } from "drizzle-orm"
import { type DatabaseReason, databaseReasons } from "../../core/problem/database-reason.ts"
import { ApiError } from "../../core/problem/problem.ts"
import { connect, type Database } from "./database.ts"
import { detectPooling } from "./detect-pooling.ts"
import { checkSchema } from "./migrate.ts"

/** A database that answers nothing, or takes no writes. */
export class UnusableDatabase extends ApiError {
  readonly reason: DatabaseReason

  constructor(reason: DatabaseReason) {
    super("unavailable", `${databaseReasons[reason]}; check the server of DATABASE_URL`)
    this.reason = reason
  }
}

const patienceMs = 5000

/**
 * Returns if migrations are pending that a start may apply. Throws where it cannot go on: an `UnusableDatabase`, a `SchemaMismatch`, or
 * the error by which the server refused.
 */
export async function probeDatabase(url: string, mayMigrate: boolean): Promise<"current" | "pending"> {
  const opening = detectPooling(url).then((server) => connect(server, { connections: 2 }))
  const giveUp = new AbortController()
  const late = sleep(patienceMs, undefined, { signal: giveUp.signal }).then(() => {
    throw new UnusableDatabase("readsHang")
  })
  late.catch(() => {})
  try {
    return await Promise.race([opening.then(({ database }) => look(database, mayMigrate)), late])
  } finally {
    giveUp.abort()
    // A server that hangs is not waited for.
    opening.then(({ close }) => close()).catch(() => {})
  }
}

async function look(database: Database, mayMigrate: boolean): Promise<"current" | "pending"> {
  const [row] = await database.execute<{ readOnly: string }>(
    sql`select current_setting('transaction_read_only') as "readOnly"`,
  )
  const state = await checkSchema(database, mayMigrate)
  if (row!.readOnly === "on") throw new UnusableDatabase("readOnly")
  return state
}

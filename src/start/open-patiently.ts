import { setTimeout as sleep } from "node:timers/promises"
import type { Logger } from "pino"
import type { Config } from "../config.ts"
import { databaseReasonOf } from "../core/problem/database-reason.ts"
import type { StartReason } from "../core/problem/start-reason.ts"
import { probeDatabase, UnusableDatabase } from "../store/database/probe-database.ts"
import { SchemaMismatch } from "../store/database/schema-state.ts"
import type { LoopRun } from "../work/repeat.ts"
import { type OpenServices, openServices } from "./open-services.ts"
import type { StartState } from "./start-state.ts"

const pauseMs = 1000

/** Returns the reason of an error that may pass by itself; `null` for what somebody has to correct. */
function passingReason(error: unknown): StartReason | null {
  if (error instanceof SchemaMismatch) return error.relation === "behind" ? "schemaBehind" : null
  const reason = error instanceof UnusableDatabase ? error.reason : databaseReasonOf(error)
  return reason === "refused" ? null : reason
}

/**
 * Opens all that verbs need. A database of `DATABASE_URL` that is absent, takes no writes, or lacks migrations that somebody else
 * applies is waited for until the start's time is over; then, and for any other reason at once, it throws.
 */
export async function openPatiently(
  config: Config,
  log: Logger,
  start: StartState,
  onLoopRun?: (run: LoopRun) => void,
): Promise<OpenServices> {
  const { databaseUrl, mayMigrate, startTimeoutMs } = config
  if (databaseUrl === undefined) return openServices(config, log, onLoopRun)
  const giveUpAt = performance.now() + startTimeoutMs
  for (;;) {
    try {
      const schema = await probeDatabase(databaseUrl, mayMigrate)
      start.begin(schema === "pending" ? "migrating" : "opening")
      return await openServices(config, log, onLoopRun)
    } catch (error) {
      const reason = passingReason(error)
      if (reason === null || performance.now() >= giveUpAt) throw error
      start.begin(reason, error instanceof SchemaMismatch ? error.message : undefined)
    }
    await sleep(pauseMs)
  }
}

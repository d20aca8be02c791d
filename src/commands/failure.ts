import { ConfigError } from "../config.ts"
import { ApiError } from "../core/problem.ts"

export interface Failure {
  message: string
  /** 0 done, 1 the work failed, 2 used wrongly. */
  exitCode: 0 | 1 | 2
}

const unreachable = new Set(["ECONNREFUSED", "ECONNRESET", "ENOTFOUND", "EAI_AGAIN", "ETIMEDOUT", "CONNECT_TIMEOUT"])
const refusedByDatabase = new Set(["28P01", "28000", "3D000"])

function rootCause(error: Error): Error {
  return error.cause instanceof Error ? rootCause(error.cause) : error
}

/** What went wrong, for a person at the terminal; with `debug` also where. `null` where it has been said already. */
export function describeFailure(error: unknown, debug: boolean): Failure | null {
  if (!(error instanceof Error)) return { message: String(error), exitCode: 1 }
  const code = "code" in error ? String(error.code) : ""
  if (code.startsWith("commander.")) return null
  if (error instanceof ConfigError) return { message: error.message, exitCode: 2 }
  if (error instanceof ApiError) return { message: error.message, exitCode: 1 }
  if (debug) return { message: error.stack ?? error.message, exitCode: 1 }
  const root = rootCause(error)
  const rootCode = "code" in root ? String(root.code) : ""
  if (unreachable.has(rootCode) || refusedByDatabase.has(rootCode)) {
    return { message: `the database cannot be used: ${root.message || rootCode}; check DATABASE_URL`, exitCode: 1 }
  }
  const said = error.message.startsWith("Failed query") ? root : error
  return { message: `${said.message} (LOG_LEVEL=debug shows where)`, exitCode: 1 }
}

import { ConfigError } from "../config.ts"
import { ApiError } from "../core/problem/problem.ts"
import { isUnusableValue } from "../core/schema/unusable-value.ts"

export interface Failure {
  message: string
  /** 0 done, 1 the work failed, 2 used wrongly. */
  exitCode: 0 | 1 | 2
}

const unreachable = new Set(["ECONNREFUSED", "ECONNRESET", "ENOTFOUND", "EAI_AGAIN", "ETIMEDOUT", "CONNECT_TIMEOUT"])
const refusedByDatabase = new Set(["28P01", "28000", "3D000"])

const fileFaults: Readonly<Record<string, string>> = {
  ENOENT: "there is no such file or folder",
  EACCES: "this user may not read or write it",
  EPERM: "this user may not read or write it",
  EROFS: "its disk is read-only",
  ENOSPC: "its disk is full",
  EISDIR: "it is a folder; name a file",
  ENOTDIR: "a part of the path is a file, not a folder",
}

/** A file or folder that cannot be used, by its name; `null` for every other failure. */
function fileError(error: Error): string | null {
  const { code = "", path } = error as NodeJS.ErrnoException
  const fault = fileFaults[code]
  if (fault === undefined || (path === undefined && code !== "EISDIR")) return null
  return path === undefined ? `a file cannot be used: ${fault}` : `${path} cannot be used: ${fault}`
}

function rootCause(error: Error): Error {
  return error.cause instanceof Error ? rootCause(error.cause) : error
}

/** Describes an error for a person at the terminal, with `debug` also its stack; `null` where it has been printed already. */
export function describeFailure(error: unknown, debug: boolean): Failure | null {
  if (!(error instanceof Error)) return { message: String(error), exitCode: 1 }
  const code = "code" in error ? String(error.code) : ""
  if (code.startsWith("commander.")) return null
  if (error instanceof ConfigError) return { message: error.message, exitCode: 2 }
  if (error instanceof ApiError) return { message: error.message, exitCode: 1 }
  const said = fileError(error)
  if (said !== null) return { message: said, exitCode: 1 }
  if (debug) return { message: error.stack ?? error.message, exitCode: 1 }
  const root = rootCause(error)
  const rootCode = "code" in root ? String(root.code) : ""
  if (unreachable.has(rootCode) || refusedByDatabase.has(rootCode)) {
    return { message: `the database cannot be used: ${root.message || rootCode}; check DATABASE_URL`, exitCode: 1 }
  }
  if (isUnusableValue(error)) {
    return { message: "the database cannot read a given value as an id, a number or a text; correct it", exitCode: 1 }
  }
  const told = error.message.startsWith("Failed query") ? root : error
  return { message: `${told.message} (LOG_LEVEL=debug shows where)`, exitCode: 1 }
}

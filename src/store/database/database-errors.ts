import { setTimeout as sleep } from "node:timers/promises"
import { isConnectionLoss } from "../../core/problem/database-reason.ts"
import { ApiError } from "../../core/problem/problem.ts"

/** Somebody else changed what a transaction had looked up; it is to begin anew. */
export class Conflict extends Error {}

function sqlStateOf(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined
  return "code" in error && typeof error.code === "string" ? error.code : sqlStateOf(error.cause)
}

const conflictStates = ["40001", "40P01"]

/** A migration added a column while the statement waited for its table. */
const isSchemaChange = (error: unknown): boolean =>
  messagesOf(error).some((message) =>
    /^(structure of query does not match function result type|cached plan must not change result type)/.test(message),
  )

const isConflict = (error: unknown) =>
  error instanceof Conflict || conflictStates.includes(sqlStateOf(error) ?? "") || isSchemaChange(error)

/** A row's time is outside of all partitions. */
export const isWithoutPartition = (error: unknown): boolean =>
  sqlStateOf(error) === "23514" && messagesOf(error).some((message) => message.startsWith("no partition of relation"))

/** The row itself cannot be stored, now or later: its data, a constraint, or a limit of size (SQLSTATE classes 22, 23 and 54). */
export const isRowToBlame = (error: unknown): boolean => /^(22|23|54)/.test(sqlStateOf(error) ?? "")

const messagesOf = (error: unknown): string[] =>
  error instanceof Error ? [error.message, ...messagesOf(error.cause)] : []

/** Others hold or change the same rows for longer than is waited; whoever needs other rows is not concerned. */
class RowsBusy extends ApiError {
  constructor(cause: unknown) {
    super("unavailable", "others are changing the same customer; send this again", { retryAfterSeconds: 1, cause })
  }
}

export const isLockTimeout = (error: unknown): boolean =>
  sqlStateOf(error instanceof RowsBusy ? error.cause : error) === "55P03"

/** The role of the connection lacks a right. */
export const isForbidden = (error: unknown) => sqlStateOf(error) === "42501"

export const isDeadlock = (error: unknown) => sqlStateOf(error) === "40P01"

/** True if each item of a group that failed is worth trying alone: not where the server itself refuses. */
export const mayBeOneItem = (error: unknown): boolean => !(error instanceof ApiError) || error instanceof RowsBusy

const maxAttempts = 25
const longestPauseMs = 400

/**
 * Begins a transaction anew while others get in its way, after pauses that grow and differ. A lost server, a row that stays locked,
 * and others that do not stop getting in its way become `unavailable`.
 */
export async function retryConflicts<T>(transact: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await transact()
    } catch (error) {
      if (isConnectionLoss(error))
        throw new ApiError("unavailable", "the database does not answer; send this again", {
          retryAfterSeconds: 2,
          cause: error,
        })
      if (isLockTimeout(error)) throw new RowsBusy(error)
      if (!isConflict(error)) throw error
      if (attempt === maxAttempts) throw new RowsBusy(error)
      await sleep(Math.random() * Math.min(longestPauseMs, 5 * 2 ** attempt))
    }
  }
}

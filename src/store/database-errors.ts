import { setTimeout as sleep } from "node:timers/promises"
import { ApiError } from "../core/problem.ts"

/** Somebody else changed what a transaction had looked up; it is to begin anew. */
export class Conflict extends Error {}

/** The SQLSTATE (or the driver's code for a lost connection) of an error, however it is wrapped. */
export function codeOf(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined
  const { code } = error as { code?: unknown }
  return typeof code === "string" ? code : codeOf(error.cause)
}

const lostClasses = ["08", "53", "57", "58"]

/** Whether the server is gone, going, or full: nothing about the statement is wrong. */
export function isUnavailable(error: unknown): boolean {
  const code = codeOf(error)
  return code !== undefined && (code.length !== 5 || lostClasses.includes(code.slice(0, 2)))
}

const isConflict = (error: unknown) =>
  error instanceof Conflict || codeOf(error) === "40001" || codeOf(error) === "40P01"

/** Begins a transaction anew while others get in its way; a lost server becomes `unavailable`. */
export async function retryConflicts<T>(transact: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await transact()
    } catch (error) {
      if (isConflict(error) && attempt < 20) await sleep(Math.random() * 5 * attempt)
      else if (isUnavailable(error))
        throw new ApiError("unavailable", "the database does not answer; send this again", { retryAfterSeconds: 2 })
      else throw error
    }
  }
}

import { z } from "zod"
import { ApiError } from "../problem/problem.ts"
import { constraint } from "../schema/constraint.ts"

/** Maximum lead of a caller's clock over this one. */
export const clockToleranceMs = 10 * 60_000

/** A moment that a caller reports. */
export const reportedTimeSchema = z.iso.datetime({ offset: true }).meta({
  ...constraint("Not before 1970, and not more than ten minutes ahead of the server's clock."),
  description:
    "Time when it happened, by your clock; refused before 1970 or more than ten minutes ahead. The counted time is limited to the range from what it follows to the server's now.",
})

/** The moment a caller gives for what happened, in milliseconds since the epoch; throws `invalidRequest` where it cannot be true. */
export function parseReportedTime(at: string, nowMs: number): number {
  const reportedMs = Date.parse(at)
  if (reportedMs > nowMs + clockToleranceMs) throw refusal("`at` must not be in the future", "lies in the future")
  if (!(reportedMs >= 0)) throw refusal("`at` must not be before 1970", "lies before 1970")
  return reportedMs
}

const refusal = (detail: string, message: string) =>
  new ApiError("invalidRequest", `${detail}; send the time at which it happened`, {
    errors: [{ pointer: "/at", message }],
  })

/** The moment that caps and waiting times count from: the reported one, but not before `fromMs` nor after now by the server's clock. */
export const countedTime = (reportedMs: number, { fromMs, nowMs }: { fromMs: number; nowMs: number }): number =>
  Math.max(fromMs, Math.min(reportedMs, nowMs))

import { z } from "zod"
import type { FieldError } from "../problem/problem.ts"
import { constraint } from "../schema/constraint.ts"
import { clockToleranceMs } from "../time/reported-time.ts"

/** Returns the schema of the time when the shop's own system changed something. */
export const statedAtSchema = (description: string) =>
  z.iso
    .datetime({ offset: true })
    .refine((at) => Date.parse(at) >= 0, "must not be before 1970")
    .optional()
    .meta({
      ...constraint("Not before 1970, and not more than ten minutes ahead of the server's clock."),
      description,
    })

/** Returns the faults of the time `at` of a document that arrives at `nowMs`. */
export function statedAtFaults(at: string | undefined, pointer: string, nowMs: number): FieldError[] {
  const isAhead = at !== undefined && Date.parse(at) > nowMs + clockToleranceMs
  return isAhead ? [{ pointer, message: "lies in the future" }] : []
}

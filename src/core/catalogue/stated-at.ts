import { z } from "zod"
import type { FieldError } from "../problem/problem.ts"
import { constraint } from "../schema/constraint.ts"
import { clockToleranceMs } from "../time/reported-time.ts"

/** Time when the shop's own system last changed an item or an offer. */
export const updatedAtSchema = z.iso
  .datetime({ offset: true })
  .refine((at) => Date.parse(at) >= 0, "must not be before 1970")
  .optional()
  .meta({
    ...constraint("Not before 1970, and not more than ten minutes ahead of the server's clock."),
    description:
      "Time when your system changed it; default: the time of arrival. A version older than the stored one, or than its deletion, is not written.",
  })

interface Stated {
  id: string
  updatedAt?: string | undefined
}

/** Returns the faults of the `updatedAt` of a document that arrives at `nowMs`. */
export function updatedAtFaults({ updatedAt }: Stated, pointer: string, nowMs: number): FieldError[] {
  const isAhead = updatedAt !== undefined && Date.parse(updatedAt) > nowMs + clockToleranceMs
  return isAhead ? [{ pointer: `${pointer}/updatedAt`, message: "lies in the future" }] : []
}

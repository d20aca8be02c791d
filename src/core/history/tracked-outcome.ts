import { z } from "zod"
import type { Event } from "./event.ts"
import { meaningOf } from "./event-table.ts"
import { outcomes, outcomeValueSchema } from "./outcome.ts"

const joinSchema = z.looseObject({
  decisionId: z.uuid(),
  outcome: z.enum(outcomes).optional().catch(undefined),
  value: outcomeValueSchema.optional().catch(undefined),
})

/** The decision an event answers and how: by its property `outcome`, else by its name; `undefined` when it answers none. */
export function trackedOutcome({ name, properties }: Pick<Event, "name" | "properties">) {
  const joined = joinSchema.safeParse(properties)
  if (!joined.success) return undefined
  const { decisionId, outcome, value } = joined.data
  const what = outcome ?? meaningOf(name).outcome
  return what === undefined ? undefined : { decisionId, outcome: what, value: value ?? null }
}

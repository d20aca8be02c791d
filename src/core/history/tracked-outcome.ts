import { z } from "zod"
import { type Outcome, outcomes } from "../decision/outcome.ts"
import type { Event } from "./event.ts"

const outcomeByEventName: Readonly<Record<string, Outcome>> = {
  "Promotion Viewed": "impression",
  "Promotion Clicked": "click",
  "Product Clicked": "click",
  "Product Viewed": "click",
  "Email Delivered": "impression",
  "Email Opened": "impression",
  "Email Link Clicked": "click",
  "Order Completed": "purchase",
  "Product Returned": "returned",
  "Email Marked as Spam": "unsubscribed",
  Unsubscribed: "unsubscribed",
}

const joinSchema = z.looseObject({
  decisionId: z.uuid(),
  outcome: z.enum(outcomes).optional().catch(undefined),
  value: z.number().optional().catch(undefined),
})

/** The decision an event answers and how: by its property `outcome`, else by its name; `undefined` when it answers none. */
export function trackedOutcome({ name, properties }: Pick<Event, "name" | "properties">) {
  const joined = joinSchema.safeParse(properties)
  if (!joined.success) return undefined
  const { decisionId, outcome, value } = joined.data
  const what = outcome ?? (Object.hasOwn(outcomeByEventName, name) ? outcomeByEventName[name] : undefined)
  return what === undefined ? undefined : { decisionId, outcome: what, value: value ?? null }
}

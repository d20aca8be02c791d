import { z } from "zod"
import { story } from "../schema/example-story.ts"
import { moneySchema } from "../schema/money.ts"
import { reportedTimeSchema } from "../time/reported-time.ts"

/** Outcomes of a decision. */
export const outcomes = ["impression", "click", "purchase", "kept", "returned", "dismissed", "unsubscribed"] as const
export type Outcome = (typeof outcomes)[number]

/** Outcomes by which a customer accepts what was offered: those that earn its value; a click alone does not. */
export const acceptances: readonly Outcome[] = ["purchase", "kept"]

/** Outcomes that a browser may report: views and actions on the page, but no acceptance and no return. */
export const browserOutcomes: readonly Outcome[] = ["impression", "click", "dismissed", "unsubscribed"]

export const outcomeValueSchema = moneySchema.meta({
  description: "Contribution margin of the outcome, in money.",
})

export const outcomeRequestSchema = z
  .strictObject({
    outcome: z.enum(outcomes).meta({
      description: "A public key may report only `impression`, `click`, `dismissed` and `unsubscribed`.",
    }),
    at: reportedTimeSchema,
    value: outcomeValueSchema.optional(),
    messageId: z.string().min(1).max(255).meta({ description: "A retry with the same message id changes nothing." }),
  })
  .meta({ id: "OutcomeRequest", example: { outcome: "click", at: story.clickedAt, messageId: "click-1" } })

export type OutcomeRequest = z.infer<typeof outcomeRequestSchema>

export const outcomeAnswerSchema = z
  .object({ status: z.enum(["recorded", "duplicate"]) })
  .meta({ id: "OutcomeAnswer", example: { status: "recorded" } })

export const activateRequestSchema = z
  .strictObject({ at: reportedTimeSchema })
  .meta({ id: "ActivateRequest", example: { at: story.clickedAt } })

export const activateAnswerSchema = z
  .object({ status: z.literal("activated") })
  .meta({ id: "ActivateAnswer", example: { status: "activated" } })

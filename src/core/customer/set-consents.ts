import { z } from "zod"
import { consentPurposes } from "../schema/channel.ts"
import { story } from "../schema/example-story.ts"
import { consentSchema } from "./consent.ts"
import { customerReferenceSchema } from "./identifier.ts"

/** Statements of one request; a file of more is `beforehand import --as consents`. */
const maxStatements = 1000

const example = {
  customer: { userId: story.userId },
  purpose: "marketing" as const,
  granted: true,
  at: story.clickedAt,
  source: "newsletter form",
  channels: ["email" as const],
}

/** A statement of a customer about one purpose, as a list of them has it. */
export const consentStatementSchema = consentSchema
  .extend({ customer: customerReferenceSchema, purpose: z.enum(consentPurposes) })
  .meta({
    id: "ConsentStatement",
    example,
    description: "What a customer said about one purpose: a consent, the customer, and the purpose.",
  })

export type ConsentStatement = z.infer<typeof consentStatementSchema>

export const setConsentsSchema = z
  .strictObject({
    consents: z
      .array(z.unknown().meta({ type: "object", allOf: [{ $ref: "#/components/schemas/ConsentStatement" }] }))
      .min(1)
      .max(maxStatements),
  })
  .meta({ id: "SetConsents", example: { consents: [example] } })

export const consentsAnswerSchema = z
  .object({
    recorded: z.number().int().meta({ description: "Number of statements recorded, or as good as recorded already." }),
    results: z
      .array(
        z.object({
          status: z.enum(["recorded", "rejected"]),
          customerId: z.uuid().optional().meta({ description: "Customer of a recorded statement." }),
          errors: z
            .array(z.object({ pointer: z.string(), message: z.string() }))
            .optional()
            .meta({ description: "Faults of a rejected statement; `pointer` is a JSON pointer into the body." }),
        }),
      )
      .meta({ description: "One result per statement sent, in that order." }),
  })
  .meta({
    id: "ConsentsAnswer",
    example: { recorded: 1, results: [{ status: "recorded", customerId: story.customerId }] },
  })

export type ConsentsAnswer = z.infer<typeof consentsAnswerSchema>

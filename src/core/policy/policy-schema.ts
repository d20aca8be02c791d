import { z } from "zod"
import { channels } from "../schema/channel.ts"
import { nextCursorSchema, pageQuerySchema } from "../schema/page.ts"
import { placementSchema } from "../schema/placement.ts"
import { policyDraftSchema } from "./policy.ts"
import { dryRunExample, policyVersionExample } from "./policy-examples.ts"
import { policySampleSchema } from "./policy-sample.ts"

export const policyParametersSchema = z.strictObject({ placement: placementSchema })

/** Number of logged decisions that a dry run reevaluates by default. */
const dryRunDecisions = 500

export const putPolicyQuerySchema = z.strictObject({
  dryRun: z
    .union([z.enum(["", "true"]).transform(() => dryRunDecisions), z.coerce.number<string>().int().min(1).max(1000)])
    .optional()
    .meta({
      description:
        "Stores nothing; reports how this many logged decisions would have changed (500 by default), and how decisions for a sample of customers would.",
    }),
  customers: z.coerce.number<string>().int().min(0).max(1000).default(100).meta({
    description: "In a dry run: number of customers to decide for under both policies, recording nothing.",
  }),
  channel: z.enum(channels).optional().meta({
    description:
      "In a dry run: channel of the sample; default: that of the placement's latest decision, else the policy's first, else `web`.",
  }),
})

export type SampleRequest = Pick<z.output<typeof putPolicyQuerySchema>, "customers" | "channel">

export const policyListQuerySchema = pageQuerySchema()

export const policyHistoryQuerySchema = pageQuerySchema({ most: 100, usual: 20 })

export const policyVersionSchema = z
  .object({
    placement: z.string(),
    version: z.string(),
    createdAt: z.iso.datetime().nullable().meta({ description: "`null`: built in." }),
    policy: policyDraftSchema,
  })
  .meta({ id: "PolicyVersion", example: policyVersionExample })

export type PolicyReply = z.infer<typeof policyVersionSchema>

export const policyListSchema = z
  .object({ policies: z.array(policyVersionSchema), nextCursor: nextCursorSchema })
  .meta({ id: "PolicyList", example: { policies: [policyVersionExample], nextCursor: null } })

const dryRunSchema = z
  .object({
    decisions: z.number().int().meta({ description: "Logged decisions of the placement that were reevaluated." }),
    changed: z.number().int().meta({ description: "Decisions whose draw would have chosen another option." }),
    meanShift: z
      .number()
      .meta({ description: "Mean share of probability that would have moved to another option, from 0 to 1." }),
    kinds: z
      .array(z.object({ from: z.string(), to: z.string(), decisions: z.number().int() }))
      .meta({ description: "Changed decisions, by kind before and after." }),
    drops: z
      .array(z.object({ stage: z.string(), rule: z.string(), options: z.number().int() }))
      .meta({ description: "Options of the log that would have been removed, by stage and rule." }),
    reinstated: z.number().int().meta({
      description: "Candidates removed by a rule that the policy no longer has; their scores were not logged.",
    }),
    examples: z.array(z.object({ decisionId: z.uuid(), was: z.string(), wouldBe: z.string() })),
    sample: policySampleSchema
      .nullable()
      .meta({ description: "Decisions for some customers, as if they asked now; `null` without `customers`." }),
    notReevaluated: z.array(z.string()).meta({ description: "Parts of the decision that are not reevaluated." }),
  })
  .meta({ id: "DryRun", example: dryRunExample })

export type DryRun = z.infer<typeof dryRunSchema>

export const putPolicyAnswerSchema = z
  .object({
    placement: z.string(),
    version: z.string().nullable().meta({ description: "`null` in a dry run." }),
    createdAt: z.iso.datetime().nullable(),
    policy: policyDraftSchema,
    overrides: z.array(z.string()).meta({
      description:
        "Safeguards that the policy loosens, such as `possession.returned: allow`: it may name what a customer sent back.",
    }),
    dryRun: dryRunSchema.optional(),
  })
  .meta({ id: "PutPolicyAnswer", example: { ...policyVersionExample, overrides: [] } })

export type PutPolicyAnswer = z.infer<typeof putPolicyAnswerSchema>

import { z } from "zod"
import { placementSchema } from "../schema/placement.ts"
import { facts } from "./facts.ts"
import { type Root, roots, vocabulary } from "./vocabulary.ts"

export const ruleCheckRequestSchema = z
  .strictObject({
    rule: z.string().min(1).max(1000),
    placement: placementSchema.default("default").meta({ description: "Placement whose policy the facts follow." }),
    offerId: z.string().min(1).max(200).optional().meta({ description: "Offer that `offer` and `item` are of." }),
    itemId: z.string().min(1).max(200).optional().meta({ description: "Item that `item` is of." }),
    customers: z
      .number()
      .int()
      .min(0)
      .max(1000)
      .default(200)
      .meta({ description: "Number of customers it is tried on." }),
  })
  .meta({ id: "RuleCheckRequest", example: { rule: "customer.orders > 2.0" } })

export type RuleCheckRequest = z.infer<typeof ruleCheckRequestSchema>

const count = z.number().int()

export const ruleCheckSchema = z
  .object({
    valid: z.boolean(),
    error: z.string().nullable().meta({ description: "Why it is no rule, with names that there are." }),
    warnings: z.array(z.string()).meta({ description: "Why a valid rule hardly does what is meant." }),
    facts: z
      .array(z.object({ path: z.string(), type: z.string(), meaning: z.string(), example: z.string() }))
      .meta({ description: "The facts that the rule reads." }),
    sample: z
      .object({
        customers: count,
        true: count,
        false: count,
        unknown: count,
        causes: z
          .array(z.object({ cause: z.string(), customers: count }))
          .meta({ description: "Why it is unknown, the most frequent cause first." }),
      })
      .nullable()
      .meta({ description: "Verdicts on some customers; `null` for what is no rule." }),
  })
  .meta({
    id: "RuleCheck",
    example: {
      valid: true,
      error: null,
      warnings: [],
      facts: [{ path: "customer.orders", type: "double", ...facts.customer.orders }],
      sample: { customers: 200, true: 61, false: 139, unknown: 0, causes: [] },
    },
  })

export type RuleCheck = z.infer<typeof ruleCheckSchema>

/** Returns every fact of rules with its type, meaning and example, in the order of the vocabulary. */
export const allFacts = (): RuleCheck["facts"] =>
  roots.flatMap((root: Root) => {
    const types: Readonly<Record<string, string>> = vocabulary[root]
    const told: Readonly<Record<string, { meaning: string; example: string }>> = facts[root]
    return Object.entries(types).map(([name, type]) => ({ path: `${root}.${name}`, type, ...told[name]! }))
  })

/** Returns the facts that a rule reads. */
export const factsIn = (rule: string): RuleCheck["facts"] => {
  const read = new Set(rule.match(/\b[a-z]\w*\.[A-Za-z]\w*/g) ?? [])
  return allFacts().filter(({ path }) => read.has(path))
}

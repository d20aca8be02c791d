import { z } from "zod"
import { offerKinds } from "../catalogue/offer.ts"

/** Everything that is needed to see, replay and evaluate a decision. */
export const decisionTraceSchema = z
  .strictObject({
    /** What the value of a chosen offer rests on. */
    basis: z.literal("propensity"),
    options: z
      .array(
        z.strictObject({
          offerId: z.string().nullable(),
          kind: z.enum([...offerKinds, "nothing"]),
          propensity: z.number().nullable(),
          value: z.number(),
          cost: z.number(),
          score: z.number(),
          reward: z.number(),
          probability: z.number(),
          features: z.array(z.number()).optional(),
        }),
      )
      .meta({ description: "All that could be chosen, with the probability of being chosen." }),
    dropped: z
      .array(z.strictObject({ offerId: z.string(), stage: z.string(), rule: z.string(), reason: z.string() }))
      .meta({ description: "Offers of the placement that could not be chosen, and why." }),
    rewardBounds: z.strictObject({ low: z.number(), high: z.number() }),
    gamma: z.number().nullable(),
    epsilon: z.number().nullable(),
    seed: z.string(),
    features: z
      .strictObject({
        version: z.string(),
        situation: z.array(z.number()),
        facts: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
      })
      .optional()
      .meta({
        description: "What was known; with the features of each option, all that its propensity was computed from.",
      }),
    locale: z.string().optional(),
    items: z.array(z.string()).optional().meta({ description: "The items that content showed with the offer." }),
    uniform: z.number().min(0).max(1),
  })
  .meta({ id: "DecisionTrace" })

export type DecisionTrace = z.infer<typeof decisionTraceSchema>

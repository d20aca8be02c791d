import { z } from "zod"
import { dimensions, goalIdSchema, goalSchema, shippedGoals } from "./goal.ts"

const quarterName = z
  .string()
  .max(7)
  .regex(/^\d{4}-Q[1-4]$/, "write a quarter such as 2026-Q4")

export const insightsQuerySchema = z.strictObject({
  goal: goalIdSchema.meta({ example: "orders" }),
  by: z.enum(dimensions).optional().meta({ description: "Dimension to slice by." }),
  quarter: quarterName
    .optional()
    .meta({ description: "In UTC; default: the present one. Arms are drawn anew for each." }),
  currency: z.string().length(3).optional().meta({ description: "For money; default: the shop's." }),
  limit: z.coerce
    .number<string>()
    .int()
    .min(1)
    .max(100)
    .default(20)
    .meta({ description: "Slices, the largest first." }),
})

export type InsightsQuery = z.infer<typeof insightsQuerySchema>

const interval = z.object({ low: z.number(), high: z.number() })

const incrementSchema = z
  .object({
    estimate: z.number().meta({ description: "Value in the arm `standard` less that in the holdout." }),
    low: z.number(),
    high: z.number(),
    pValue: z.number(),
  })
  .meta({
    description: "Against the holdout, with an interval of 95 % that holds at whatever time it is looked at.",
  })

const figureSchema = z
  .object({
    slice: z.string().nullable().meta({ description: "`null`: all." }),
    value: z.number().nullable().meta({ description: "`null`: there is nothing that it is per." }),
    interval: interval.nullable().meta({ description: "95 %, the customer as the unit." }),
    numerator: z.number(),
    denominator: z.number(),
    customers: z.number().int().meta({ description: "Customers who added to it." }),
    increment: incrementSchema.nullable(),
    unknownBecause: z.string().optional().meta({ description: "Why the increment is not known." }),
  })
  .meta({ id: "Figure" })

export type Figure = z.infer<typeof figureSchema>

const answer = {
  goal: goalSchema,
  quarter: quarterName,
  currency: z.string().nullable(),
  arms: z.array(z.object({ arm: z.string(), customers: z.number().int() })).meta({
    description:
      "Customers by arm. `crossed`: joined from two arms within the quarter, left out of increments; an empty name: no arm.",
  }),
  total: figureSchema,
  slices: z.array(figureSchema),
  series: z
    .array(
      z.object({
        day: z.iso.date(),
        numerator: z.number(),
        denominator: z.number(),
        lateNumerator: z.number().meta({ description: "Part that was counted later than on the day after." }),
        lateDenominator: z.number(),
      }),
    )
    .meta({ description: "Sums by day, in UTC." }),
  notKnown: z.array(z.string()),
}

export const insightsSchema = z.object(answer).meta({
  id: "Insights",
  example: {
    goal: shippedGoals.find(({ id }) => id === "orders")!,
    quarter: "2026-Q1",
    currency: null,
    arms: [
      { arm: "holdout", customers: 204 },
      { arm: "standard", customers: 9796 },
    ],
    total: {
      slice: null,
      value: 0.51,
      interval: { low: 0.49, high: 0.53 },
      numerator: 5100,
      denominator: 10000,
      customers: 3900,
      increment: { estimate: 0.08, low: -0.02, high: 0.18, pValue: 0.21 },
    },
    slices: [],
    series: [{ day: "2026-03-01", numerator: 61, denominator: 0, lateNumerator: 2, lateDenominator: 0 }],
    notKnown: [],
  },
})

export type Insights = z.infer<typeof insightsSchema>

import { z } from "zod"
import { experimentResultsExample } from "./experiment-examples.ts"
import { experimentSchema } from "./experiment-schema.ts"

const readingShape = {
  low: z.number(),
  high: z.number(),
  pValue: z.number(),
}

const comparisonSchema = z
  .object({
    arm: z.string(),
    effect: z.number().meta({ description: "Mean of the arm less that of the control, adjusted where it can be." }),
    ...readingShape,
    fixedHorizon: z.object(readingShape).meta({
      description: "Interval and p-value for one look at the planned end; it claims too much if looked at before.",
    }),
    relativeEffect: z.number().nullable().meta({ description: "Effect ÷ the control's mean." }),
    probabilityHigher: z.number().meta({ description: "P(the arm's metric is higher), under a flat prior." }),
    varianceCut: z.number().meta({ description: "Share of the variance that covariates took out." }),
    detectableEffect: z.number().meta({
      description: "Effect that is found with probability 0.8 by the planned end.",
    }),
  })
  .meta({
    id: "ExperimentComparison",
    description: "Comparison with the control; `low`, `high` and `pValue` are always valid.",
  })

export type ExperimentComparison = z.infer<typeof comparisonSchema>

const metricResultSchema = z
  .object({
    id: z.string(),
    role: z.enum(["goal", "guardrail"]),
    kind: z.enum(["proportion", "mean", "ratio"]),
    direction: z.enum(["increase", "decrease"]),
    waiting: z.number().int().meta({ description: "Exposed customers whose window has not passed yet." }),
    arms: z.array(
      z.object({
        arm: z.string(),
        customers: z.number().int(),
        events: z.number().meta({ description: "Customers with the event, or events." }),
        mean: z.number(),
        adjustedMean: z.number(),
      }),
    ),
    comparisons: z.array(comparisonSchema),
    missing: z.string().nullable().meta({ description: "Reason for which nothing is compared yet." }),
  })
  .meta({ id: "ExperimentMetricResult" })

export type MetricResult = z.infer<typeof metricResultSchema>

const verdictCodes = [
  "sampleRatioBroken",
  "guardrailHarmed",
  "goalReached",
  "goalHarmed",
  "plannedEndReached",
  "notYet",
] as const

const verdictSchema = z
  .object({
    code: z.enum(verdictCodes),
    mayStop: z.boolean(),
    arm: z.string().nullable(),
    text: z.string(),
  })
  .meta({ id: "ExperimentVerdict", description: "Answer of the stopping rule that was stated before the start." })

export type Verdict = z.infer<typeof verdictSchema>

export const experimentResultsSchema = experimentSchema
  .extend({
    readAt: z.iso.datetime(),
    customers: z.array(z.object({ arm: z.string(), exposed: z.number().int() })),
    crossed: z.number().int().meta({
      description: "Customers of several arms, as joins make them; left out of everything else.",
    }),
    sampleRatio: z.object({
      pValue: z.number().meta({ description: "Of a chi-squared test, for one look." }),
      alwaysValidPValue: z.number(),
      isBroken: z.boolean().meta({ description: "Shares are not those stated, so nothing may be read." }),
    }),
    metrics: z.array(metricResultSchema),
    verdict: verdictSchema,
  })
  .meta({ id: "ExperimentResults", example: experimentResultsExample })

export type ExperimentResults = z.infer<typeof experimentResultsSchema>

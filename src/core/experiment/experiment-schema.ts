import { z } from "zod"
import { ruleSchema } from "../rules/rule.ts"
import { constraint } from "../schema/constraint.ts"
import { nextCursorSchema, pageQuerySchema } from "../schema/page.ts"
import { placementSchema } from "../schema/placement.ts"
import { experimentDraftExample, experimentExample } from "./experiment-examples.ts"
import type { MetricKind } from "./fewest-events.ts"

const nameSchema = z
  .string()
  .max(64)
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]*$/, "write letters, digits, dots, dashes and underscores")
const eventNameSchema = z.string().min(1).max(100)

/** Most days of outcomes, and days before the exposure that covariates are read from. */
export const mostWindowDays = 90

const metricSchema = z
  .strictObject({
    id: nameSchema,
    event: eventNameSchema.meta({ description: "Name of the event, such as `Order Completed`." }),
    of: z.enum(["customers", "events", "value"]).default("customers").meta({
      description:
        "`customers`: the share of customers with the event; `events`: events a customer; `value`: price times quantity of its lines in the shop's currency, a customer.",
    }),
    per: eventNameSchema.optional().meta({ description: "Divides the sum by that of this event: a ratio." }),
    cap: z.number().positive().max(1e12).optional().meta({
      description: "Most that one customer counts for; required for the mean of `events` and `value`.",
    }),
    windowDays: z.number().int().min(1).max(mostWindowDays).default(30).meta({
      description: "Days after a customer's first exposure whose events count.",
    }),
    direction: z.enum(["increase", "decrease"]).default("increase").meta({ description: "What is wanted." }),
  })
  .refine(({ of, per, cap }) => of === "customers" || per !== undefined || cap !== undefined, {
    path: ["cap"],
    message: "state the most that one customer may count for: a few large ones would decide the mean",
  })
  .refine(({ of, per }) => of !== "customers" || per === undefined, {
    path: ["per"],
    message: "is for the ratio of `events` or `value`",
  })
  .meta({
    id: "ExperimentMetric",
    ...constraint("A mean of `events` or `value` states its `cap`; `per` is for `events` or `value`."),
  })

export type ExperimentMetric = z.output<typeof metricSchema>

/** Returns how a metric is read. */
export const kindOf = ({ of, per }: ExperimentMetric): MetricKind =>
  per !== undefined ? "ratio" : of === "customers" ? "proportion" : "mean"

const armSchema = z.strictObject({
  id: nameSchema,
  share: z.number().gt(0).lt(1).meta({ description: "Share of the eligible customers; all sum to 1." }),
  policyOf: placementSchema.optional().meta({
    description: "Placement whose policy decides for this arm; default: the experiment's own placement.",
  }),
})

const stoppingSchema = z
  .strictObject({
    reading: z.enum(["alwaysValid", "fixedHorizon"]).default("alwaysValid").meta({
      description: "`alwaysValid`: may be looked at and stopped at any time; `fixedHorizon`: read once, at the end.",
    }),
    level: z.number().min(0.001).max(0.2).default(0.05).meta({ description: "Probability of a false claim." }),
    plannedCustomers: z.number().int().min(100).max(1e9).meta({
      description: "Customers of all arms at the planned end, where an always-valid interval is tightest.",
    }),
  })
  .meta({ description: "Stopping rule, stated before the start." })

/** A design: it cannot be changed once it runs. The first arm is the control. */
export const experimentDraftSchema = z
  .strictObject({
    hypothesis: z.string().max(500).optional(),
    placement: placementSchema.optional().meta({
      description: "Placement whose decisions differ by arm; without it arms are assigned elsewhere and reported.",
    }),
    arms: z.array(armSchema).min(2).max(8).meta({ description: "The first is the control." }),
    eligibility: ruleSchema.optional().meta({
      description: "Customers who take part, by what is known when they are asked for; unknown: they do not.",
    }),
    goal: metricSchema,
    guardrails: z.array(metricSchema).max(5).default([]).meta({ description: "Metrics that must not get worse." }),
    stopping: stoppingSchema,
  })
  .superRefine(({ arms, goal, guardrails, placement, eligibility }, context) => {
    const refuse = (path: (string | number)[], message: string) => context.addIssue({ code: "custom", path, message })
    if (Math.abs(arms.reduce((sum, { share }) => sum + share, 0) - 1) > 1e-9) refuse(["arms"], "shares must sum to 1")
    const repeated = (ids: readonly string[]) => new Set(ids).size < ids.length
    if (repeated(arms.map(({ id }) => id))) refuse(["arms"], "each arm needs an id of its own")
    if (repeated([goal, ...guardrails].map(({ id }) => id)))
      refuse(["guardrails"], "each metric needs an id of its own")
    if (placement !== undefined) return
    if (eligibility !== undefined) refuse(["eligibility"], "is decided where the arms are assigned; leave it out")
    for (const [n, { policyOf }] of arms.entries())
      if (policyOf !== undefined) refuse(["arms", n, "policyOf"], "needs the experiment's `placement`")
  })
  .meta({
    id: "ExperimentDraft",
    example: experimentDraftExample,
    ...constraint(
      "Shares of arms sum to 1; arms and metrics have ids of their own; `policyOf` and `eligibility` need a `placement`.",
    ),
  })

export type ExperimentDraft = z.output<typeof experimentDraftSchema>

export const experimentSchema = z
  .object({
    id: z.string(),
    status: z.enum(["running", "stopped"]),
    startedAt: z.iso.datetime(),
    stoppedAt: z.iso.datetime().nullable(),
    design: experimentDraftSchema,
  })
  .meta({ id: "Experiment", example: experimentExample })

export type ExperimentReply = z.infer<typeof experimentSchema>

export const experimentListSchema = z
  .object({ experiments: z.array(experimentSchema), nextCursor: nextCursorSchema })
  .meta({ id: "ExperimentList", example: { experiments: [experimentExample], nextCursor: null } })

export const experimentListQuerySchema = pageQuerySchema({ most: 100, usual: 20 })

export const experimentParametersSchema = z.strictObject({ id: nameSchema })

export const stopExperimentSchema = z
  .strictObject({ reason: z.string().min(1).max(500).optional() })
  .meta({ id: "StopExperiment", example: { reason: "warm won" } })

/** The arm of an experiment that a decision was made in. */
export const experimentArmSchema = z
  .strictObject({
    id: z.string().meta({ description: "The experiment's id." }),
    arm: z.string(),
    share: z.number().meta({ description: "Share of the eligible customers in this arm." }),
    orders: z.number().nullable().meta({
      description: "P(orders within the horizon) when asked, whatever the arm; a covariate. `null`: not known.",
    }),
  })
  .meta({ id: "DecisionExperiment", description: "Experiment that the customer takes part in at this placement." })

export type ExperimentArm = z.infer<typeof experimentArmSchema>

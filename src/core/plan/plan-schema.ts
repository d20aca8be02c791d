import { z } from "zod"
import { arms } from "../decision/arm.ts"
import { sendStates } from "../history/send-state.ts"
import { autonomyLevels } from "../policy/autonomy-levels.ts"
import { type PlanRequest, planRequestSchema } from "../policy/plan-request.ts"
import { idPageQuerySchema, nextCursorSchema } from "../schema/page.ts"
import { reportedTimeSchema } from "../time/reported-time.ts"
import { planExample, sendExample } from "./plan-examples.ts"
import { planGates } from "./plan-gates.ts"

const planStatuses = ["planning", "planned", "approved", "running", "halted", "done", "failed"] as const
export type PlanStatus = (typeof planStatuses)[number]

const count = z.number().int()
const moment = z.iso.datetime()

/** Reasons for an exclusion: a gate, or a condition of the choice itself. */
const exclusionReasons = [
  ...planGates,
  "universalHoldout",
  "audience",
  "items",
  "expectedValue",
  "minKeepProbability",
  "certificate",
  "budgets",
] as const
export type ExclusionReason = (typeof exclusionReasons)[number]

export const planSummarySchema = z
  .object({
    customers: count.meta({ description: "Customers considered." }),
    eligible: count.meta({ description: "Customers whom no gate excluded." }),
    candidates: count.meta({ description: "Customer-item pairs that passed every gate." }),
    exclusions: z
      .array(z.object({ reason: z.enum(exclusionReasons), customers: count, candidates: count }))
      .meta({ description: "Customers and customer-item pairs excluded, by reason." }),
    chosen: z.object({
      sends: count,
      customers: count,
      expectedKeptShare: z.number().nullable(),
      expectedValue: z.number(),
      moneyAtRisk: z.number(),
    }),
    holdout: z.object({ sends: count, customers: count }),
    dualPrices: z
      .object({
        money: z.number(),
        volume: z.number(),
        promise: z.number(),
        stock: z.array(z.object({ itemId: z.string(), price: z.number() })),
      })
      .meta({
        description:
          "Increase in expected value from one more unit of money, one more send, or one more unit of an item's stock; `promise`: from one send exempt from the promise.",
      }),
    curve: z.array(z.object({ sends: count, keptShare: z.number(), expectedValue: z.number() })).meta({
      description:
        "Expected kept share and value by volume, surest first: the best candidate of each customer, before minimum probability, certificate and budgets.",
    }),
    segments: z.array(z.object({ segment: z.string(), sends: count, expectedKeptShare: z.number() })),
    verdict: z.string().optional().meta({ description: "The plan in one sentence." }),
    items: z
      .object({
        distinct: count.meta({ description: "Number of different items." }),
        largestShare: z.number().nullable().meta({ description: "Share of the sends that are of the most sent item." }),
        prices: z
          .object({ low: z.number(), median: z.number(), high: z.number() })
          .nullable()
          .meta({ description: "Lowest, median and highest price among the sends." }),
        most: z
          .array(
            z.object({
              itemId: z.string(),
              title: z.string().optional(),
              price: z.number().optional(),
              sends: count,
              share: z.number(),
              meanKeepProbability: z.number(),
              meanOrganicProbability: z.number(),
              expectedValue: z.number(),
            }),
          )
          .meta({ description: "The items sent most, at most 20." }),
      })
      .optional()
      .meta({ description: "Items sent; absent in plans made before this was counted." }),
    notes: z.array(z.string()),
    seconds: z.number(),
  })
  .meta({ id: "PlanSummary", description: "Result of the planning; `null` while the plan is being made." })

export type PlanSummary = z.infer<typeof planSummarySchema>

const monitorsSchema = z.object({
  sends: count,
  customers: count,
  expectedKeptShare: z.number().nullable(),
  keptShare: z.number().nullable(),
  lowerBound: z
    .number()
    .nullable()
    .meta({ description: "Anytime-valid lower confidence bound of the kept share, by customer." }),
  halted: z.boolean(),
})

export const planMonitoringSchema = z
  .object({
    at: moment,
    states: z.partialRecord(z.enum(sendStates), count),
    plan: monitorsSchema,
    segments: z
      .array(monitorsSchema.extend({ segment: z.string() }))
      .meta({ description: "The same by segment, at confidence levels that hold jointly (Holm)." }),
    calibration: z.array(z.object({ predicted: z.number(), observed: z.number(), sends: count })),
    increment: z
      .object({
        sent: count,
        holdout: count,
        perCustomer: z.number().nullable(),
        low: z.number().nullable(),
        high: z.number().nullable(),
        expected: z.number().nullable(),
        verdict: z.enum(["insufficientData", "inconclusive", "positive", "negative"]),
      })
      .nullable()
      .meta({
        description:
          "Measured increment per customer so far, in money, compared with the holdout, and the expected increment.",
      }),
    haltMonitorSince: moment
      .nullable()
      .meta({ description: "Start of the halt monitor's count after the plan was resumed." }),
  })
  .meta({ id: "PlanMonitoring", description: "State of the sends; `null` before the start." })

export type PlanMonitoring = z.infer<typeof planMonitoringSchema>

/** Terms in force when a send was reserved. */
export interface ReservationTerms {
  price?: number
  policyVersion?: string
  /** Time of the customer's opt-in. */
  consentAt?: string
}

export const planSchema = z
  .object({
    id: z.uuid(),
    name: z.string(),
    status: z.enum(planStatuses),
    reason: z.string().nullable().meta({ description: "Reason for a halt or a failure." }),
    request: planRequestSchema,
    releaseId: z.uuid().nullable(),
    summary: planSummarySchema.nullable(),
    monitoring: planMonitoringSchema.nullable(),
    createdAt: moment,
    plannedAt: moment.nullable(),
    approvedAt: moment.nullable(),
    startedAt: moment.nullable(),
    endedAt: moment.nullable(),
    sample: z
      .array(z.lazy(() => sendSchema))
      .optional()
      .meta({ description: "In the answer for one plan: some of its sends; GET /v1/sends?plan=… lists all." }),
  })
  .meta({ id: "Plan", example: planExample })

export type PlanReply = Omit<z.infer<typeof planSchema>, "request"> & { request: PlanRequest }

export const planListSchema = z
  .object({ plans: z.array(planSchema), nextCursor: nextCursorSchema })
  .meta({ id: "PlanList", example: { plans: [planExample], nextCursor: null } })

export const planListQuerySchema = idPageQuerySchema({ most: 200, usual: 50 })

export const changePlanSchema = z
  .strictObject({
    reason: z.string().min(1).max(500).optional().meta({ description: "Reason; a halted plan shows it." }),
  })
  .meta({ id: "ChangePlan", example: { reason: "stock is being counted" } })

export const sendSchema = z
  .object({
    id: z.uuid(),
    customerId: z.uuid(),
    planId: z.uuid(),
    itemId: z.string(),
    autonomyLevel: z.enum(autonomyLevels),
    state: z.enum(sendStates),
    inHoldout: z.boolean().meta({ description: "Never sent, so that the plan's increment can be measured." }),
    arm: z.enum(arms).nullable().optional().meta({
      description: "Arm of the customer when it was proposed; `null`: proposed before there were arms.",
    }),
    segment: z.string(),
    keepProbability: z.number(),
    organicProbability: z.number(),
    expectedValue: z.number(),
    gift: z.boolean(),
    times: z.partialRecord(z.enum(sendStates), moment),
    vetoUntil: moment.nullable(),
    resolveBy: moment.nullable(),
  })
  .meta({ id: "Send", example: sendExample })

export type SendReply = z.infer<typeof sendSchema>

export const sendListSchema = z
  .object({ sends: z.array(sendSchema), nextCursor: nextCursorSchema })
  .meta({ id: "SendList", example: { sends: [sendExample], nextCursor: sendExample.id } })

export const sendReportSchema = z
  .strictObject({
    at: reportedTimeSchema,
    messageId: z.string().min(1).max(255).optional().meta({ description: "Copied to the event, for reference." }),
  })
  .meta({ id: "SendReport", example: { at: "2026-03-02T11:05:00.000Z", messageId: "warehouse-7731" } })

export type SendReport = z.infer<typeof sendReportSchema>

export const vetoRequestSchema = sendReportSchema
  .extend({
    token: z
      .string()
      .min(1)
      .max(1024)
      .optional()
      .meta({ description: "A customer token or the send's veto token; required with a public key." }),
  })
  .meta({ id: "VetoRequest", example: { at: "2026-03-02T10:30:00.000Z" } })

export type VetoRequest = z.infer<typeof vetoRequestSchema>

/** States that a shop reports; plans and customers set the others. */
export const reportedStates = ["dispatched", "delivered", "kept", "returned", "lost"] as const

export const sendListQuerySchema = idPageQuerySchema().extend({
  plan: z.uuid(),
  state: z.enum(sendStates).optional(),
})

export const sendReportAnswerSchema = z
  .object({ status: z.enum(["recorded", "repeated"]), send: sendSchema })
  .meta({ id: "SendReportAnswer", example: { status: "recorded", send: sendExample } })

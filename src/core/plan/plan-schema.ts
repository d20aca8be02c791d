import { z } from "zod"
import { sendStates } from "../history/send-state.ts"
import { planRequestSchema } from "../policy/plan-request.ts"
import { reportedTimeSchema } from "../time/reported-time.ts"
import { gates, rungs } from "./allowed-levels.ts"

const planStatuses = ["planning", "planned", "approved", "running", "halted", "done", "failed"] as const
export type PlanStatus = (typeof planStatuses)[number]

const count = z.number().int()
const moment = z.iso.datetime()

/** Why candidates were left out: a gate of the ladder, or what the choice itself held against them. */
const leftOutBy = [...gates, "who", "items", "worth", "floor", "certificate", "budgets"] as const
export type LeftOutBy = (typeof leftOutBy)[number]

const planFindingsSchema = z
  .object({
    customers: count.meta({ description: "All who were looked at." }),
    eligible: count.meta({ description: "Those no gate closed to." }),
    candidates: count.meta({ description: "Customer and item, past every gate, that were weighed." }),
    leftOut: z
      .array(z.object({ by: z.enum(leftOutBy), customers: count, candidates: count }))
      .meta({ description: "Whom each gate left out; `candidates` of a gate that looks at items." }),
    chosen: z.object({
      sends: count,
      customers: count,
      expectedKept: z.number().nullable(),
      worth: z.number(),
      money: z.number(),
    }),
    withheld: z.object({ sends: count, customers: count }),
    prices: z
      .object({
        money: z.number(),
        volume: z.number(),
        promise: z.number(),
        stock: z.array(z.object({ itemId: z.string(), price: z.number() })),
      })
      .meta({
        description:
          "What one more unit of money, one more send, and one more unit of an item's stock would add; `promise`: what each send whose keeping need not be expected would.",
      }),
    curve: z.array(z.object({ sends: count, keptShare: z.number(), worth: z.number() })).meta({
      description:
        "Expected kept share and worth of so many, the surest first: of each customer what is worth most, whatever floor, certificate and budgets say.",
    }),
    segments: z.array(z.object({ segment: z.string(), sends: count, expectedKept: z.number() })),
    notes: z.array(z.string()),
    seconds: z.number(),
  })
  .meta({ id: "PlanFindings" })

export type PlanFindings = z.infer<typeof planFindingsSchema>

const instrumentsSchema = z.object({
  sends: count,
  customers: count,
  expected: z.number().nullable(),
  realised: z.number().nullable(),
  lower: z.number().nullable().meta({ description: "Always valid lower bound of the kept share, by customer." }),
  halted: z.boolean(),
})

const planReadingsSchema = z
  .object({
    at: moment,
    states: z.partialRecord(z.enum(sendStates), count),
    plan: instrumentsSchema,
    segments: z
      .array(instrumentsSchema.extend({ segment: z.string() }))
      .meta({ description: "The same by segment, at levels that hold for all of them together (Holm)." }),
    calibration: z.array(z.object({ expected: z.number(), realised: z.number(), sends: count })),
    increment: z
      .object({
        sent: count,
        withheld: count,
        perCustomer: z.number().nullable(),
        low: z.number().nullable(),
        high: z.number().nullable(),
        expected: z.number().nullable(),
        verdict: z.enum(["tooFew", "open", "pays", "costs"]),
      })
      .nullable()
      .meta({
        description: "What sending was worth a customer in money so far, beside those withheld, and what was expected.",
      }),
    haltWatchSince: moment.nullable().meta({ description: "Since when the halt watches, after a plan was resumed." }),
  })
  .meta({ id: "PlanReadings" })

export type PlanReadings = z.infer<typeof planReadingsSchema>

/** What a send was reserved with. */
export interface SendBasis {
  price?: number
  policyVersion?: string
  /** When the customer opted in. */
  consentAt?: string
}

export const planSchema = z
  .object({
    id: z.uuid(),
    name: z.string(),
    status: z.enum(planStatuses),
    reason: z.string().nullable().meta({ description: "Why it halted or failed." }),
    request: planRequestSchema,
    releaseId: z.uuid().nullable(),
    findings: planFindingsSchema.nullable().meta({ description: "`null` while it is being planned." }),
    readings: planReadingsSchema.nullable().meta({ description: "`null` before the start." }),
    createdAt: moment,
    plannedAt: moment.nullable(),
    approvedAt: moment.nullable(),
    startedAt: moment.nullable(),
    endedAt: moment.nullable(),
  })
  .meta({ id: "Plan" })

export type PlanReply = z.infer<typeof planSchema>

export const planListSchema = z.object({ plans: z.array(planSchema) }).meta({ id: "PlanList" })

export const planListQuerySchema = z.strictObject({ limit: z.coerce.number().int().min(1).max(200).default(50) })

export const changePlanSchema = z
  .strictObject({ reason: z.string().min(1).max(500).optional().meta({ description: "Why; a halted plan shows it." }) })
  .meta({ id: "ChangePlan", example: { reason: "stock is being counted" } })

export const sendSchema = z
  .object({
    id: z.uuid(),
    customerId: z.uuid(),
    planId: z.uuid(),
    itemId: z.string(),
    rung: z.enum(rungs),
    state: z.enum(sendStates),
    withheld: z.boolean(),
    segment: z.string(),
    keepProbability: z.number(),
    organicProbability: z.number(),
    worth: z.number(),
    gift: z.boolean(),
    times: z.partialRecord(z.enum(sendStates), moment),
    vetoUntil: moment.nullable(),
    resolveBy: moment.nullable(),
  })
  .meta({ id: "Send" })

export type SendReply = z.infer<typeof sendSchema>

export const sendListSchema = z
  .object({ sends: z.array(sendSchema), nextCursor: z.uuid().nullable() })
  .meta({ id: "SendList" })

export const moveRequestSchema = z
  .strictObject({
    at: reportedTimeSchema,
    messageId: z.string().min(1).max(255).optional().meta({ description: "Told in the event, to find it again." }),
  })
  .meta({ id: "MoveRequest" })

export type MoveRequest = z.infer<typeof moveRequestSchema>

export const vetoRequestSchema = moveRequestSchema
  .extend({
    token: z.string().min(1).max(1024).optional().meta({ description: "The customer's; a public key needs it." }),
  })
  .meta({ id: "VetoRequest" })

export type VetoRequest = z.infer<typeof vetoRequestSchema>

/** What the shop may say becomes of a send; the rest is the plan's doing or the customer's. */
export const reportedStates = ["dispatched", "delivered", "kept", "returned", "lost"] as const

export const sendListQuerySchema = z.strictObject({
  plan: z.uuid(),
  state: z.enum(sendStates).optional(),
  cursor: z.uuid().optional().meta({ description: "The `nextCursor` of the page before." }),
  limit: z.coerce.number().int().min(1).max(1000).default(100),
})

export const moveAnswerSchema = z
  .object({ status: z.enum(["moved", "repeated"]), send: sendSchema })
  .meta({ id: "MoveAnswer" })

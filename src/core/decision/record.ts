import { z } from "zod"
import { outcomes } from "../history/outcome.ts"
import { channels } from "../schema/channel.ts"
import { arms } from "./arm.ts"
import { decisionExample } from "./decision-examples.ts"
import { explanationsSchema } from "./decision-schema.ts"
import { rankingTraceSchema } from "./ranking-trace.ts"
import { runnerUpSchema } from "./runner-up.ts"
import { decisionTraceSchema } from "./trace.ts"

const moment = z.iso.datetime()

/** A decision as it was recorded, with what came of it. */
export const decisionRecordSchema = z
  .object({
    id: z.uuid(),
    customerId: z.uuid(),
    at: moment,
    verb: z.enum(["recommend", "rank", "decide", "content"]),
    placement: z.string(),
    channel: z.enum(channels).nullable(),
    kind: z.string().nullable(),
    offerId: z.string().nullable(),
    releaseId: z.uuid().nullable(),
    policyVersion: z.string(),
    arm: z
      .enum(arms)
      .nullable()
      .optional()
      .meta({ description: "Arm that its customer was in; `null`: decided before there were arms." }),
    trace: z.union([decisionTraceSchema, rankingTraceSchema]),
    explanation: explanationsSchema.optional(),
    runnerUp: runnerUpSchema.nullable().optional(),
    joins: z.uuid().optional().meta({ description: "For a recovery: decision of the notice that it goes with." }),
    joined: z.uuid().optional().meta({ description: "For a notice: decision of the recovery that goes with it." }),
    expiresAt: moment.nullable(),
    activatedAt: moment.nullable(),
    activationReportedAt: moment.optional().meta({
      description: "Reported time of the activation, if another time was counted.",
    }),
    machineClicks: z.number().int().optional().meta({
      description: "Clicks by machines on links in its content; they do not count as outcomes.",
    }),
    outcomes: z.array(
      z.object({
        messageId: z.string(),
        outcome: z.enum(outcomes),
        at: moment.meta({ description: "Counted time: between the decision and its recording." }),
        reportedAt: moment.optional().meta({ description: "Reported time, if it differs." }),
        value: z.number().nullable(),
      }),
    ),
  })
  .meta({ id: "Decision", example: decisionExample })

export type DecisionRecord = z.infer<typeof decisionRecordSchema>

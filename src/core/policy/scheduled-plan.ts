import { z } from "zod"
import { scheduleSchema } from "../time/schedule.ts"
import { planRequestSchema } from "./plan-request.ts"

export const scheduledPlanSchema = z
  .strictObject({
    id: z.string().min(1).max(100),
    schedule: scheduleSchema,
    maxAgeHours: z
      .number()
      .positive()
      .max(168)
      .default(6)
      .meta({ description: "Skips a scheduled time that was delayed by more hours than this." }),
    plan: planRequestSchema,
  })
  .meta({ id: "ScheduledPlan", description: "A plan created on a schedule; each waits for its approval." })

export type ScheduledPlan = z.infer<typeof scheduledPlanSchema>

import { z } from "zod"
import { scheduleSchema } from "../time/schedule.ts"
import { planRequestSchema } from "./plan-request.ts"

export const scheduledPlanSchema = z
  .strictObject({
    id: z.string().min(1).max(100),
    schedule: scheduleSchema,
    freshHours: z
      .number()
      .positive()
      .max(168)
      .default(6)
      .meta({ description: "A time that an outage has passed by longer than this is left out." }),
    plan: planRequestSchema,
  })
  .meta({ id: "ScheduledPlan", description: "A plan made again and again; each waits for its approval." })

export type ScheduledPlan = z.infer<typeof scheduledPlanSchema>

import { Cron } from "croner"
import { z } from "zod"
import { timeZoneSchema } from "./time-zone-schema.ts"

const timeOfDay = z
  .string()
  .max(5)
  .regex(/^([01]\d|2[0-3]):[0-5]\d$/, "write a time of day such as 08:00")

export const scheduleSchema = z.strictObject({
  at: timeOfDay,
  weekdays: z
    .array(z.number().int().min(0).max(6))
    .min(1)
    .max(7)
    .optional()
    .meta({ description: "0 is Sunday; default: every day." }),
  timeZone: timeZoneSchema.optional(),
})

export type Schedule = z.infer<typeof scheduleSchema>

/**
 * The latest time at or before `nowMs` that a schedule names, milliseconds since the epoch. Where clocks go forward over it,
 * it is the first moment after the gap; where they go back over it, the first of the two.
 */
export function lastScheduled({ at, weekdays, timeZone = "UTC" }: Schedule, nowMs: number): number {
  const [hour, minute] = at.split(":").map(Number)
  const pattern = `${minute} ${hour} * * ${weekdays?.join(",") ?? "*"}`
  const nextSecond = new Date((Math.floor(nowMs / 1000) + 1) * 1000)
  const [last] = new Cron(pattern, { timezone: timeZone, paused: true }).previousRuns(1, nextSecond)
  return last!.getTime()
}

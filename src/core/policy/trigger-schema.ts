import { z } from "zod"
import { channels } from "../schema/channel.ts"
import { scheduleSchema } from "../time/schedule.ts"

const name = z.string().min(1).max(100)
const hours = z.number().positive().max(720)
const eventName = z.string().min(1).max(200)

const eventRule = z.strictObject({
  event: eventName,
  delayHours: z.number().nonnegative().max(720).default(0),
  unless: z
    .array(eventName)
    .max(20)
    .default([])
    .meta({ description: "Events that cancel the trigger when they follow the event." }),
})
const basketRule = z.strictObject({ cartAbandonedAfterHours: hours })
const complaintRule = z.strictObject({ caseOpenForHours: hours })
const needRule = z.strictObject({ minRepurchaseProbability: z.number().gt(0).lt(1) })
const scheduleRule = z.strictObject({ schedule: scheduleSchema })

export const triggerSchema = z
  .strictObject({
    id: name,
    when: z.union([eventRule, basketRule, complaintRule, needRule, scheduleRule]).meta({
      description:
        "An event `delayHours` ago (`event`), an abandoned cart (`cartAbandonedAfterHours`), a complaint still open (`caseOpenForHours`), a likely repurchase (`minRepurchaseProbability`: P(buys it within the release's horizon), checked once a day), or a time of day for all customers (`schedule`).",
    }),
    channel: z.enum(channels),
    locale: z.string().min(2).max(35).optional(),
    cooldownHours: z
      .number()
      .positive()
      .max(2160)
      .default(168)
      .meta({ description: "Fires at most once per customer in this many hours; a schedule fires once per time." }),
    maxAgeHours: hours
      .default(24)
      .meta({ description: "Skips events older than this, so that no customer is flooded after an outage." }),
  })
  .meta({ id: "Trigger" })

export type Trigger = z.infer<typeof triggerSchema>

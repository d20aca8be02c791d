import { z } from "zod"
import { channels } from "../schema/channel.ts"
import { scheduleSchema } from "../time/schedule.ts"

const name = z.string().min(1).max(100)
const hours = z.number().positive().max(720)
const eventName = z.string().min(1).max(200)

const eventRule = z.strictObject({
  event: eventName,
  delayHours: z.number().nonnegative().max(720).default(0),
  unless: z.array(eventName).max(20).default([]).meta({ description: "Events that, if they follow it, make it pass." }),
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
        "An event that happened so many hours ago (`event`), a basket left (`cartAbandonedAfterHours`), a complaint still open (`caseOpenForHours`), a need about to return (`minRepurchaseProbability`: P(buys it within the release's horizon), looked for once a day), or a time of day for everybody (`schedule`).",
    }),
    channel: z.enum(channels),
    locale: z.string().min(2).max(35).optional(),
    cooldownHours: z
      .number()
      .positive()
      .max(2160)
      .default(168)
      .meta({ description: "A customer hears of it at most once in so many hours; of a schedule once a time." }),
    maxAgeHours: hours
      .default(24)
      .meta({ description: "What is longer past is left alone, so that a catch-up after an outage floods nobody." }),
  })
  .meta({ id: "Trigger" })

export type Trigger = z.infer<typeof triggerSchema>

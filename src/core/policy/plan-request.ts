import { z } from "zod"
import { itemFilterSchema } from "../catalogue/item-filter.ts"
import { ruleSchema } from "../rules/rule.ts"
import { channels } from "../schema/channel.ts"
import { constraint } from "../schema/constraint.ts"
import { amountSchema, spendingSchema } from "../schema/money.ts"
import { placementSchema } from "../schema/placement.ts"
import { autonomyLevels } from "./autonomy-levels.ts"

/** The most sends of a first plan, from which the model learns what no certificate can say yet. */
const pilotVolume = 500

const share = z.number().min(0).max(1)
const days = z.number().positive().max(365)

const costsSchema = z
  .strictObject({
    outbound: amountSchema.default(4).meta({ description: "Sending one parcel: postage and picking." }),
    contact: amountSchema.default(0.02).meta({ description: "Making one suggestion or filling one basket." }),
    takeUpRate: share.default(0.05).meta({
      description: "Of those who would keep it, and of those who would buy it anyway: how many a suggestion moves.",
    }),
    return: amountSchema.default(5).meta({ description: "One that comes back." }),
    lossRate: share.default(0.05).meta({ description: "Of those that are not kept, how many are lost to the shop." }),
    annoyance: amountSchema.default(1).meta({ description: "What it costs to have sent what was not wanted." }),
    goodwill: amountSchema.default(0).meta({ description: "What having been surprised well is worth." }),
    organicShipping: amountSchema
      .default(0)
      .meta({ description: "What shipping an order of the customer's own costs." }),
    marginShare: share.default(0.3).meta({ description: "Of the price, for items whose margin is not known." }),
  })
  .prefault({})

/** Who may get what unasked, and what it may cost. */
export const planRequestSchema = z
  .strictObject({
    name: z.string().min(1).max(200),
    autonomyLevel: z.enum(autonomyLevels).default("parcel"),
    placement: placementSchema
      .default("parcel")
      .meta({ description: "Whose policy's caps, pauses and quiet hours hold." }),
    channel: z
      .enum(channels)
      .optional()
      .meta({ description: "Where the customer is met; by default e-mail, for a parcel the post." }),
    audience: ruleSchema.optional().meta({ description: "Rule that picks customers; by default all." }),
    items: itemFilterSchema.optional(),
    segments: z
      .array(z.strictObject({ id: z.string().min(1).max(100), rule: ruleSchema }))
      .max(10)
      .default([
        { id: "new", rule: "customer.orders < 2.0" },
        { id: "occasional", rule: "customer.orders < 6.0" },
        { id: "regular", rule: "true" },
      ])
      .meta({ description: "Whom the instruments look at apart; the first whose rule holds, else `other`." }),
    currency: z.string().length(3).default("EUR"),
    budgets: z.strictObject({
      money: spendingSchema.meta({ description: "What may be at risk: sending, and goods given or lost." }),
      volume: z.number().int().min(1).max(1_000_000),
      contactsPerCustomer: z.number().int().min(1).max(20).default(1),
      inFlight: z
        .number()
        .int()
        .min(1)
        .max(1_000_000)
        .default(1000)
        .meta({ description: "How many may be under way before it is known how they end." }),
      inFlightPerCustomer: z.number().int().min(1).max(20).default(1),
    }),
    promise: share.default(0.7).meta({ description: "The share that must be kept." }),
    minKeepProbability: share.default(0.55).meta({ description: "The least chance of being kept of any one." }),
    candidatesPerCustomer: z.number().int().min(1).max(50).default(20),
    costs: costsSchema,
    freeReturn: z.boolean().default(false).meta({ description: "Whether returning is free; if not, no goods leave." }),
    gifts: z
      .enum(["none", "allowed"])
      .default("none")
      .meta({ description: "Whether those who neither opted in nor out may get it as a present." }),
    vetoHours: z.number().nonnegative().max(720).default(72).meta({
      description: "Of an announcement: how long the customer has to say no before it is dispatched.",
    }),
    sendWithinDays: days.default(30).meta({
      description: "How long after the start sends are still reserved; what was held up until then is never sent.",
    }),
    reservationDays: days.default(7).meta({ description: "How long what is reserved waits for its dispatch." }),
    deliveryDays: days.default(21).meta({ description: "A parcel not delivered by then counts as lost." }),
    returnDays: days.default(30).meta({ description: "What is not returned by then after delivery counts as kept." }),
    holdoutShare: z.number().min(0).max(0.5).default(0.1).meta({
      description: "The share of customers who get nothing, so that the increment can be measured.",
    }),
    pilot: z.boolean().default(false).meta({
      description:
        "Goods leave only where a later window has shown that the promise is met. A small pilot may go before, for the model to learn from.",
    }),
    dryRun: z.boolean().default(false).meta({ description: "Only explains; nothing can be approved." }),
  })
  .refine(({ pilot, budgets }) => !pilot || budgets.volume <= pilotVolume, {
    path: ["budgets", "volume"],
    message: `a pilot sends at most ${pilotVolume}`,
  })
  .meta({
    id: "PlanRequest",
    ...constraint(`A pilot sends at most ${pilotVolume}.`),
    example: { name: "Autumn parcels", budgets: { money: 5000, volume: 500 }, freeReturn: true },
  })

export type PlanRequest = z.infer<typeof planRequestSchema>

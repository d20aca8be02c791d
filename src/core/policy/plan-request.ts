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
    outbound: amountSchema.default(4).meta({ description: "Cost of sending one parcel: postage and picking." }),
    contact: amountSchema.default(0.02).meta({ description: "Cost of one suggestion or filled basket." }),
    takeUpRate: share.default(0.05).meta({
      description:
        "Mean share of customers whom a suggestion moves to buy, both of those who would keep the item and of those who would buy it anyway; a customer's own is higher or lower by how likely they order and how well the item fits their taste and prices.",
    }),
    return: amountSchema.default(5).meta({ description: "Cost of one return." }),
    lossRate: share.default(0.05).meta({ description: "Share of the goods not kept that are never returned." }),
    annoyance: amountSchema.default(1).meta({ description: "Cost of an unwanted send." }),
    goodwill: amountSchema.default(0).meta({ description: "Value of a kept send beyond its margin." }),
    organicShipping: amountSchema.default(0).meta({ description: "Shipping cost of a customer's own order." }),
    marginShare: share
      .default(0.3)
      .meta({ description: "Margin as a share of the price, for items without a known margin." }),
  })
  .prefault({})

export const planRequestExample = {
  name: "Spring parcels",
  budgets: { money: 5000, volume: 500 },
  freeReturn: true,
}

/** A requested plan: audience, autonomy level, budgets, promise and costs. */
export const planRequestSchema = z
  .strictObject({
    name: z.string().min(1).max(200),
    autonomyLevel: z.enum(autonomyLevels).default("parcel"),
    placement: placementSchema
      .default("parcel")
      .meta({ description: "Placement whose policy sets caps, pauses and quiet hours." }),
    channel: z
      .enum(channels)
      .optional()
      .meta({ description: "Channel of contact; default: `email`, for a parcel `post`." }),
    audience: ruleSchema.optional().meta({ description: "Rule that selects customers; default: all." }),
    items: itemFilterSchema.optional(),
    segments: z
      .array(z.strictObject({ id: z.string().min(1).max(100), rule: ruleSchema }))
      .max(10)
      .default([
        { id: "new", rule: "customer.orders < 2.0" },
        { id: "occasional", rule: "customer.orders < 6.0" },
        { id: "regular", rule: "true" },
      ])
      .meta({
        description:
          "Segments that are monitored separately; a customer belongs to the first whose rule holds, else to `other`.",
      }),
    currency: z
      .string()
      .length(3)
      .optional()
      .meta({ description: "Currency of its money; default: that of the shop's settings." }),
    budgets: z.strictObject({
      money: spendingSchema.meta({ description: "Most money at risk: shipping, and goods given or lost." }),
      volume: z.number().int().min(1).max(1_000_000),
      maxItemShare: share.optional().meta({
        description:
          "Largest share of the sends that are of one item; default: 0.1. Of few items each may have three times an equal share.",
      }),
      contactsPerCustomer: z.number().int().min(1).max(20).default(1),
      inFlight: z
        .number()
        .int()
        .min(1)
        .max(1_000_000)
        .default(1000)
        .meta({ description: "Most sends in flight: reserved or sent, and not yet resolved." }),
      inFlightPerCustomer: z.number().int().min(1).max(20).default(1),
    }),
    promise: share.default(0.7).meta({ description: "Share of sends that must be kept." }),
    minKeepProbability: share.default(0.55).meta({ description: "Least P(kept | sent) of any one send." }),
    candidatesPerCustomer: z.number().int().min(1).max(50).default(20),
    costs: costsSchema,
    freeReturn: z
      .boolean()
      .default(false)
      .meta({ description: "True if returns are free; otherwise no goods are sent." }),
    gifts: z
      .enum(["none", "allowed"])
      .default("none")
      .meta({ description: "Whether customers who neither opted in nor out may get a gift." }),
    vetoHours: z.number().nonnegative().max(720).default(72).meta({
      description: "For announcements: hours in which the customer may veto before the dispatch.",
    }),
    sendWithinDays: days.default(30).meta({
      description: "Days after the start in which sends are reserved; what is not reserved by then is never sent.",
    }),
    reservationDays: days.default(7).meta({ description: "Days until a reservation without a dispatch is released." }),
    deliveryDays: days.default(21).meta({ description: "Days after which an undelivered parcel counts as lost." }),
    returnDays: days
      .default(30)
      .meta({ description: "Days after delivery until a send without a return counts as kept." }),
    holdoutShare: z.number().min(0).max(0.5).default(0.1).meta({
      description: "Share of customers who get nothing, for measuring the increment.",
    }),
    pilot: z.boolean().default(false).meta({
      description:
        "True for a small plan whose goods are sent before a later window has shown that the promise is met, for the model to learn from.",
    }),
    dryRun: z.boolean().default(false).meta({
      description: "Makes the summary and lists the sends, none of which is ever made; the plan cannot be approved.",
    }),
  })
  .refine(({ pilot, budgets }) => !pilot || budgets.volume <= pilotVolume, {
    path: ["budgets", "volume"],
    message: `a pilot sends at most ${pilotVolume}`,
  })
  .meta({
    id: "PlanRequest",
    ...constraint(`A pilot sends at most ${pilotVolume}.`),
    example: planRequestExample,
  })

export type PlanDraft = z.infer<typeof planRequestSchema>

/** A plan as it is stored, its currency settled. */
export interface PlanRequest extends PlanDraft {
  currency: string
}

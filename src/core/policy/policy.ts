import { z } from "zod"
import { offerKinds } from "../catalogue/offer.ts"
import { ruleSchema } from "../rules/rule.ts"
import { type Channel, channels } from "../schema/channel.ts"
import { constraint } from "../schema/constraint.ts"
import { amountSchema, moneySchema, spendingSchema } from "../schema/money.ts"
import { nullableObject } from "../schema/nullable-object.ts"
import { recipeNames } from "../schema/recipe.ts"
import { timeZoneSchema } from "../time/time-zone-schema.ts"
import { checkPolicy } from "./check-policy.ts"
import { contactRetentionMs, maxRetainedUses } from "./contact-limits.ts"
import { scheduledPlanSchema } from "./scheduled-plan.ts"
import { triggerSchema } from "./trigger-schema.ts"

const name = z.string().min(1).max(100)
const someChannels = z.array(z.enum(channels)).min(1).max(channels.length).optional()
const someKinds = z.array(z.enum(offerKinds)).min(1).max(offerKinds.length).optional()
const windowHours = z
  .number()
  .positive()
  .max(contactRetentionMs / 3_600_000)
const clock = z
  .string()
  .max(5)
  .regex(/^([01]\d|2[0-3]):[0-5]\d$/, "write a time of day such as 21:00")
const per = z.enum(["customer", "offer"]).default("customer")
const scope = { id: name, channels: someChannels, kinds: someKinds }
const factor = z.number().min(0.5).max(2)

const conditionSchema = z.strictObject({
  ...scope,
  offers: z.array(name).min(1).max(200).optional(),
  rule: ruleSchema,
  reason: z.string().min(1).max(200).optional(),
})

export type Condition = z.infer<typeof conditionSchema>

const contactSchema = z
  .strictObject({
    caps: z
      .array(
        z.strictObject({
          ...scope,
          per,
          limit: z.number().int().min(1).max(maxRetainedUses),
          windowHours,
        }),
      )
      .max(50)
      .default([
        { id: "email-weekly", channels: ["email"], per: "customer", limit: 7, windowHours: 168 },
        { id: "push-weekly", channels: ["push"], per: "customer", limit: 5, windowHours: 168 },
        { id: "direct-weekly", channels: ["sms", "post", "call-centre"], per: "customer", limit: 2, windowHours: 168 },
      ]),
    pauses: z
      .array(
        z.strictObject({
          ...scope,
          per,
          ignoredCount: z.number().int().min(1).max(maxRetainedUses),
          pauseHours: windowHours,
        }),
      )
      .max(50)
      .default([{ id: "ignored-offer", per: "offer", ignoredCount: 5, pauseHours: 72 }]),
    dismissalCooldownHours: z.number().min(0).max(720).default(168),
    theme: nullableObject(z.strictObject({ windowHours }), { windowHours: 72 }).meta({
      description: "Hours in which a customer is contacted about one theme only; default: 72; `null`: no limit.",
    }),
    quietHours: nullableObject(
      z.strictObject({
        from: clock,
        to: clock,
        channels: z.array(z.enum(channels)).min(1).max(channels.length),
        timeZone: timeZoneSchema.optional(),
      }),
      { from: "21:00", to: "08:00", channels: ["sms", "push", "call-centre"] },
    ).meta({
      description:
        "Hours of the customer's local time without contacts on the channels; default: 21:00 to 08:00 for `sms`, `push` and `call-centre`; `null`: none.",
    }),
    serviceRepeat: z
      .strictObject({ limit: z.number().int().min(1).max(maxRetainedUses), minIntervalHours: windowHours })
      .default({ limit: 3, minIntervalHours: 72 })
      .meta({
        description:
          "Most repeats of a service message, and least hours between them; a notice is counted per order or complaint, a recovery per customer.",
      }),
  })
  .prefault({})

const whether = z.enum(["drop", "allow"]).default("drop")

const possessionSchema = z
  .strictObject({
    returned: whether.meta({ description: "Items that the customer sent back and has not bought again." }),
    onItsWay: whether.meta({
      description: "Items that were ordered and whose delivery is not known, for at most 30 days.",
    }),
    minNeededAgain: z.number().min(0).max(1).default(0.35).meta({
      description:
        "Least share of needs that have returned by now before an item bought is offered again, by renewal times that the release learnt; 0: offers it at once.",
    }),
    minSilence: z.number().min(0).max(20).default(2).meta({
      description:
        "Least time without an order, in the customer's own usual intervals, before a `retention` offer; 0: offers it at once.",
    }),
  })
  .prefault({})

export const policyDraftExample = {
  suitability: [
    { id: "adults", kinds: ["promotion"], rule: "has(customer.traits.age) && customer.traits.age >= 18.0" },
  ],
  contact: { caps: [{ id: "one-mail-a-week", channels: ["email"], limit: 1, windowHours: 168 }] },
}

/** A placement's policy as it is written: every key has a default, so a policy names only what differs. */
export const policyDraftSchema = z
  .strictObject({
    offers: z
      .strictObject({ kinds: someKinds, ids: z.array(name).min(1).max(1000).optional() })
      .prefault({})
      .meta({ description: "Offers that the placement may make; default: all of its offers." }),
    channels: someChannels.meta({ description: "Channels on which offers may be made; default: all." }),
    eligibility: z
      .array(conditionSchema)
      .max(100)
      .default([])
      .meta({ description: "Rules for who may get which offer." }),
    applicability: z
      .array(conditionSchema)
      .max(100)
      .default([])
      .meta({ description: "Rules for which offers make sense now." }),
    suitability: z
      .array(conditionSchema)
      .max(100)
      .default([])
      .meta({ description: "Rules for which offers are good for the customer." }),
    service: z
      .strictObject({ maxCaseAgeDays: z.number().positive().max(365) })
      .default({ maxCaseAgeDays: 30 })
      .meta({ description: "Days until an open complaint or delay no longer blocks selling offers." }),
    possession: possessionSchema.meta({
      description:
        "What is left out for what a customer has, gave back or waits for; it concerns every offer of an item but service messages.",
    }),
    contact: contactSchema,
    budget: z
      .strictObject({
        amount: spendingSchema,
        currency: z.string().length(3),
        per: z.enum(["day", "week", "month", "ever"]).default("ever"),
      })
      .nullable()
      .default(null)
      .meta({
        description:
          "Most that offers made under this policy may cost in a period. All placements without a policy of their own share the budget of `default`. Periods are UTC days, weeks and months.",
      }),
    traits: z
      .array(name)
      .max(50)
      .default([])
      .meta({ description: "Traits that models may learn from, and that are logged with each decision." }),
    context: z
      .array(z.strictObject({ id: name, kinds: someKinds, rule: ruleSchema, factor }))
      .max(100)
      .default([])
      .meta({
        description:
          "Factors of the score for contexts, multiplied and limited to [0.5, 2]; an unknown rule has no effect.",
      }),
    levers: z
      .array(
        z.strictObject({
          id: name,
          owner: name,
          expiresAt: z.iso.datetime({ offset: true }),
          kinds: someKinds,
          offers: z.array(name).min(1).max(200).optional(),
          rule: ruleSchema.optional(),
          factor,
        }),
      )
      .max(50)
      .default([])
      .meta({
        description: "Temporary factors of the score with an owner and an end, multiplied and limited to [0.5, 2].",
      }),
    fatigue: z
      .strictObject({ perContact: z.partialRecord(z.enum(channels), amountSchema), windowHours })
      .default({
        perContact: { email: 0.02, sms: 0.05, push: 0.03, "call-centre": 0.1, post: 0.02 },
        windowHours: 168,
      })
      .meta({ description: "Cost of each recent contact on the channel, subtracted from an offer's value, in money." }),
    diversity: z
      .strictObject({
        perTheme: z.number().int().min(1).max(1000).optional(),
        perItem: z.number().int().min(1).max(1000).optional(),
      })
      .prefault({})
      .meta({ description: "Most candidates of one theme or item in a draw." }),
    rewardBounds: z
      .strictObject({ low: moneySchema, high: moneySchema })
      .default({ low: -1, high: 4 })
      .meta({ description: "Scores, in money, that count as 0 and 1 for exploration." }),
    explorationCostShare: z.number().min(0.0001).max(0.5).default(0.02).meta({
      description:
        "Largest expected cost of exploration per decision, as a share of the span of `rewardBounds`; it falls as the model learns.",
    }),
    maxExplored: z.number().int().min(1).max(20).default(20),
    rampUp: z
      .strictObject({ days: z.number().nonnegative().max(90), startShare: z.number().gt(0).max(1) })
      .default({ days: 3, startShare: 0.1 })
      .meta({ description: "An offer's largest probability, from `startShare` at its `validFrom` to 1 after `days`." }),
    expiresAfterMinutes: z
      .strictObject({ onSite: z.number().positive().max(43_200), offSite: z.number().positive().max(43_200) })
      .default({ onSite: 60, offSite: 7 * 24 * 60 })
      .meta({ description: "Minutes after which a decision that is not activated releases its reservations." }),
    attributionWindowHours: z.number().positive().max(2160).default(168).meta({
      description:
        "Hours in which an outcome is attributed to a decision; without one the offer counts as not accepted.",
    }),
    repeats: z
      .enum(["allowed", "excluded"])
      .default("excluded")
      .meta({ description: "Whether recommendations may contain items that the customer already has." }),
    recipe: z.enum(recipeNames).nullable().default(null).meta({
      description:
        "Kind of list that recommendations answer where the request names none; default: `discover` where repeats are excluded, else `forYou` without a least share of novelty.",
    }),
    noveltyShare: z.number().min(0).max(1).nullable().default(null).meta({
      description:
        "Least share of a `forYou` list that the customer never bought, spread over the list; `null`: the largest that keeps 98 % of the hits of the release's validation, or 0.1 where that could not tell.",
    }),
    rotationDays: z.number().min(0).max(30).default(14).meta({
      description:
        "Days in which an item that a `forYou`, `discover` or `popular` list of the placement showed, and that the customer did nothing with, stands a list lower for each such visit, so that the next one is half new; 0: no rotation.",
    }),
    explorationShare: z.number().min(0).max(0.5).default(0.02).meta({
      description:
        "Least share of a `forYou`, `discover` or `popular` list for items that nobody has touched yet, spread over lists and drawn for each customer and day by how well each fits; a release that has learnt of an item ends it.",
    }),
    fallback: z.enum(["popular", "nothing"]).default("popular").meta({
      description:
        "What content shows where nothing may be offered now: the most popular items, or nothing. Who refused marketing, or has an open complaint or delay, gets what `serviceFallback` names, or nothing; who cannot be read from the database gets nothing.",
    }),
    serviceFallback: name.nullable().default(null).meta({
      description:
        "Id of a `notice` or `recovery`, bound to no item and without a discount, that content shows to a customer who must not be sold to; `null`: nothing. It must pass the policy's rules and have the consent that it needs; it books no contact. An offer with `placements: []` is made nowhere else.",
    }),
    triggers: z
      .array(triggerSchema)
      .max(50)
      .default([])
      .meta({ description: "Events and times that start a decision for this placement; webhooks deliver the result." }),
    scheduledPlans: z
      .array(scheduledPlanSchema)
      .max(20)
      .default([])
      .meta({ description: "Plans made on a schedule; each waits for its approval." }),
  })
  .superRefine(checkPolicy)
  .meta({
    ...constraint(
      "References to other parts of the policy resolve, names within a list are distinct, lower bounds are below upper ones with 0 between them, and levers end in the future.",
    ),
    id: "PolicyDraft",
    example: policyDraftExample,
  })

export type PolicyDraft = z.infer<typeof policyDraftSchema>

/** A placement's policy in force; any change makes a new version. */
export interface Policy extends PolicyDraft {
  version: string
  /** Placement that it belongs to: budgets are counted by it, not by the placement that asks, which may have no policy of its own. */
  placement: string
}

/** The policy of every placement that has none of its own, where there is none for `default` either. */
export const defaultPolicy: Policy = {
  version: "built-in-1",
  placement: "default",
  ...policyDraftSchema.parse({}),
}

const onSiteChannels: ReadonlySet<Channel> = new Set(["web", "app", "store"])

/** Returns whether a channel is the shop's own page or place, which needs no consent. */
export const isOnSite = (channel: Channel): boolean => onSiteChannels.has(channel)

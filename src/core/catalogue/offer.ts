import { z } from "zod"
import { stages } from "../history/stage.ts"
import { ruleSchema } from "../rules/rule.ts"
import { boundedRecord } from "../schema/bounded-record.ts"
import { channels, consentPurposes } from "../schema/channel.ts"
import { constraint } from "../schema/constraint.ts"
import { itemIdSchema } from "../schema/item-id.ts"
import { amountSchema, moneySchema } from "../schema/money.ts"
import { offerExample } from "./catalogue-examples.ts"
import { discountSchema } from "./discount.ts"
import { itemFilterSchema } from "./item-filter.ts"
import { statedAtSchema } from "./stated-at.ts"
import { treatmentSchema } from "./treatment.ts"

export const offerKinds = [
  "recommendation",
  "parcel",
  "replenishment",
  "promotion",
  "retention",
  "extra",
  "recovery",
  "notice",
] as const
export type OfferKind = (typeof offerKinds)[number]

interface KindBehaviour {
  /** Answers a service case instead of selling. */
  isService: boolean
  /** Sells, and so is not made while a service case is open; a small gift (`extra`) may still please. */
  isSelling: boolean
  /** May be chosen by a draw in order to learn. */
  isExplorable: boolean
  /** Has no accept or refuse; the policy sets its `value`, about which a draw would teach nothing. */
  isUnconditional: boolean
}

const selling: KindBehaviour = { isService: false, isSelling: true, isExplorable: true, isUnconditional: false }
const service: KindBehaviour = { isService: true, isSelling: false, isExplorable: false, isUnconditional: true }

/** Behaviour of each kind of offer; a kind without a row does not compile. */
export const behaviourOfKind: Readonly<Record<OfferKind, KindBehaviour>> = {
  recommendation: selling,
  // It ships goods that nobody asked for, so it is never sent in order to learn.
  parcel: { ...selling, isExplorable: false },
  replenishment: selling,
  promotion: selling,
  retention: selling,
  extra: { ...service, isService: false },
  recovery: service,
  notice: service,
}

/** Selector of the customer's best items that an offer is bound to when it is made. */
export const itemSelectorSchema = z
  .strictObject({
    limit: z.number().int().min(1).max(10),
    filter: itemFilterSchema.optional(),
    repeats: z.enum(["allowed", "excluded"]).optional().meta({ description: "Default: the placement's." }),
    bind: z.enum(["together", "each"]).default("together").meta({
      description:
        "`together`: one offer that shows all items; `each`: one offer per item, which compete with each other.",
    }),
  })
  .meta({ id: "ItemSelector", example: { limit: 3, filter: { category: ["skin"] } } })

export const offerConstraint =
  "Bound to `itemId` or to `items`, not both; its treatments render for an unknown customer."

/** Something the shop can do for a customer. `value` is the contribution margin if accepted, `cost` what contacting costs. */
export const offerSchema = z
  .strictObject({
    id: z.string().normalize("NFC").min(1).max(200),
    kind: z.enum(offerKinds),
    title: z.string().min(1).max(500),
    value: moneySchema.meta({ description: "Contribution margin if accepted, net of any discount." }),
    valueOrganic: moneySchema
      .optional()
      .meta({ description: "Contribution margin of the same purchase without the offer; default: the item's margin." }),
    cost: amountSchema.default(0).meta({ description: "Cost of making the offer once." }),
    currency: z
      .string()
      .length(3)
      .default("EUR")
      .meta({ description: "Default: the currency of the shop's settings." }),
    channels: z.array(z.enum(channels)).min(1).max(channels.length).optional(),
    placements: z.array(z.string().min(1).max(100)).max(50).optional(),
    stages: z
      .array(z.enum(stages))
      .min(1)
      .max(stages.length)
      .optional()
      .meta({ description: "Journey stages in which the offer makes sense; default: all." }),
    eligibility: ruleSchema
      .optional()
      .meta({ description: "Rule for who may get it; a customer for whom the rule is unknown does not." }),
    volume: z
      .strictObject({
        made: z.number().int().min(1).max(1e9).optional(),
        accepted: z.number().int().min(1).max(1e9).optional(),
      })
      .optional()
      .meta({ description: "Most times it may be made, and acceptances after which it ends." }),
    theme: z
      .string()
      .min(1)
      .max(100)
      .optional()
      .meta({ description: "Theme of the offer; a customer is contacted about one theme at a time." }),
    caseType: z
      .enum(["complaint", "delay", "any", "none"])
      .optional()
      .meta({ description: "For a recovery or notice: type of open case that it answers; default: `any`." }),
    purpose: z.enum(consentPurposes).optional().meta({
      description:
        "Consent that the offer needs outside the shop's own pages; default: that of its kind. A notice needs none unless it names one, because it performs the contract.",
    }),
    itemId: itemIdSchema
      .optional()
      .meta({ description: "Item that the offer is bound to; while it is out of stock, the offer is not made." }),
    items: itemSelectorSchema.optional(),
    discount: discountSchema
      .optional()
      .meta({ description: "Taken off the price of its items where the offer is shown; `value` is net of it." }),
    validFrom: z.iso.datetime({ offset: true }).optional(),
    validTo: z.iso.datetime({ offset: true }).optional(),
    content: boundedRecord(z.string().max(100), z.string().max(5000), 50)
      .default({})
      .meta({ description: "Plain text, shown where no treatment applies." }),
    treatments: z.array(treatmentSchema).min(1).max(50).optional(),
    updatedAt: statedAtSchema(
      "Time when your system changed it; default: the time of arrival. An offer older than the stored one, or than its deletion, is not written.",
    ),
  })
  .refine(({ itemId, items }) => itemId === undefined || items === undefined, {
    path: ["items"],
    message: "an offer is bound to itemId or to items, not to both",
  })
  .meta({ id: "Offer", example: offerExample, ...constraint(offerConstraint) })

export type Offer = z.infer<typeof offerSchema>

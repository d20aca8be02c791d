import { z } from "zod"
import { channels, consentPurposes } from "../customer/consent.ts"

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

/** Something the shop can do for a customer. `value` is the contribution margin if accepted, `cost` what contacting costs. */
export const offerSchema = z
  .strictObject({
    id: z.string().min(1).max(200),
    kind: z.enum(offerKinds),
    title: z.string().min(1).max(500),
    value: z.number().meta({ description: "Contribution margin if accepted, net of any discount." }),
    cost: z.number().nonnegative().default(0).meta({ description: "Cost of making the offer once." }),
    currency: z.string().length(3).default("EUR"),
    channels: z.array(z.enum(channels)).min(1).max(channels.length).optional(),
    placements: z.array(z.string().min(1).max(100)).max(50).optional(),
    purpose: z
      .enum(consentPurposes)
      .optional()
      .meta({ description: "Consent the offer needs off the shop's own pages; by default that of its kind." }),
    itemId: z
      .string()
      .min(1)
      .max(200)
      .optional()
      .meta({ description: "The item the offer is bound to; out of stock, so is the offer." }),
    validFrom: z.iso.datetime({ offset: true }).optional(),
    validTo: z.iso.datetime({ offset: true }).optional(),
    content: z.record(z.string().max(100), z.string().max(5000)).default({}),
  })
  .meta({ id: "Offer" })

export type Offer = z.infer<typeof offerSchema>

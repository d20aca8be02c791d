import { z } from "zod"
import { offerKinds } from "../catalogue/offer.ts"
import { customerNameConstraint } from "../customer/customer-name.ts"
import { offerViewSchema, rankedItemSchema, untrainedSchema } from "../decision/decision-schema.ts"
import { constraint } from "../schema/constraint.ts"
import { placementSchema } from "../schema/placement.ts"
import { contentExample } from "./content-examples.ts"

export const contentParametersSchema = z.strictObject({ placement: placementSchema })

export const contentQuerySchema = z.strictObject({
  customer: z
    .string()
    .min(1)
    .max(1024)
    .meta({
      ...constraint(customerNameConstraint),
      description: "A customer token, a customer id, or a pseudonymous `type:value`.",
      example: "userId:u-17",
    }),
  campaign: z.string().min(1).max(100).meta({ description: "Mailing; part of the content's key." }),
  slot: z
    .string()
    .min(1)
    .max(100)
    .default("1")
    .meta({ description: "Position in the mailing; part of the content's key." }),
  locale: z
    .string()
    .min(2)
    .max(35)
    .optional()
    .meta({ description: "Locale of the treatments; the first request decides." }),
  format: z
    .enum(["json", "html", "text"])
    .default("json")
    .meta({ description: "`html`: a block for a mail; `text`: the same in plain text." }),
})

export const contentOfferSchema = offerViewSchema.partial({ contentType: true }).meta({
  id: "ContentOffer",
  description:
    "Content rendered by version 0.1 has `contentIs` instead of `contentType`, because content never changes.",
})

export const contentAnswerSchema = z
  .object({
    placement: z.string(),
    campaign: z.string(),
    slot: z.string(),
    decisionId: z.uuid().nullable(),
    kind: z.enum([...offerKinds, "nothing"]),
    offer: contentOfferSchema.nullable(),
    items: z.array(rankedItemSchema),
    modelVersion: z.uuid().nullable(),
    untrained: untrainedSchema.optional(),
    fallback: z.boolean(),
  })
  .meta({ id: "Content", example: contentExample })

export type ContentQuestion = z.infer<typeof contentParametersSchema> & z.infer<typeof contentQuerySchema>

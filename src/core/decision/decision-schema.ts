import { z } from "zod"
import { discountSchema } from "../catalogue/discount.ts"
import { itemSchema } from "../catalogue/item.ts"
import { offerKinds } from "../catalogue/offer.ts"
import { amountSchema } from "../schema/money.ts"
import { recipeNames } from "../schema/recipe.ts"
import {
  decideAnswerExample,
  offerViewExample,
  pageAnswerExample,
  rankedItemExample,
  recommendAnswerExample,
  similarAnswerExample,
} from "./decision-examples.ts"
import { legalBases } from "./legal-basis.ts"

const reasonSchema = z
  .object({
    code: z.string(),
    itemId: z.string().optional(),
    share: z
      .number()
      .optional()
      .meta({ description: "Share of the item's preference score due to this reason, at least 0.1." }),
    text: z.string().meta({ description: "Sentence for the customer, in English or Italian by their locale." }),
  })
  .meta({
    id: "Reason",
    description:
      "A cause that carried the choice, in words for the customer; there is none where nothing they did led to it.",
  })

export type AnswerReason = z.infer<typeof reasonSchema>

const explanationSchema = z
  .object({ code: z.string(), text: z.string() })
  .meta({ id: "Explanation", description: "A sentence for operators, not for customers: values, exploration, faults." })

export type Explanation = z.infer<typeof explanationSchema>

export const explanationsSchema = z.array(explanationSchema).meta({
  description: "For operators: basis of the values, and why this option was chosen.",
})

/** The fields of an item that a frontend shows. */
const itemViewSchema = itemSchema
  .pick({ title: true, price: true, currency: true, url: true, image: true, brand: true, category: true })
  .extend({
    discountedPrice: amountSchema.optional().meta({ description: "In an offer with a `discount`: the price with it." }),
  })
  .meta({ id: "ItemView" })

export const rankedItemSchema = z
  .object({
    id: z.string(),
    rank: z.number().int().min(1),
    score: z.number(),
    reasons: z.array(reasonSchema).optional(),
    item: itemViewSchema,
    link: z
      .string()
      .optional()
      .meta({ description: "In content: link to the item, which counts the click if `PUBLIC_URL` is set." }),
  })
  .meta({ id: "RankedItem", example: rankedItemExample })

export type RankedItem = z.infer<typeof rankedItemSchema>

export const untrainedSchema = z.boolean().meta({
  description: "No release is live yet: items are in order of what customers of the last months viewed and bought.",
})

const recipeSchema = z.enum(recipeNames).meta({
  description:
    "Recipe that answered: the one asked for, or the first after it that had something to answer. A list that was given to be ranked has none.",
})

export const recommendAnswerSchema = z
  .object({
    decisionId: z.uuid().nullable().meta({ description: "`null` when degraded: nothing could be recorded." }),
    customerId: z.uuid().nullable(),
    coldStart: z.boolean(),
    untrained: untrainedSchema,
    degraded: z.boolean(),
    asOfSeconds: z.number().optional().meta({ description: "When degraded: age of the data in seconds." }),
    modelVersion: z.uuid().nullable(),
    recipe: recipeSchema.optional(),
    items: z.array(rankedItemSchema),
    hasMore: z.boolean().meta({ description: "True if a page follows: send `decisionId` as `after`." }),
  })
  .meta({ id: "RecommendAnswer", example: recommendAnswerExample })

export type RecommendAnswer = z.infer<typeof recommendAnswerSchema>

export const pageAnswerSchema = recommendAnswerSchema
  .pick({ customerId: true, coldStart: true, untrained: true, degraded: true, asOfSeconds: true, modelVersion: true })
  .extend({
    lists: z.array(
      recommendAnswerSchema
        .pick({ decisionId: true, items: true, hasMore: true })
        .extend({ placement: z.string(), recipe: recipeSchema })
        .meta({ id: "PageList" }),
    ),
  })
  .meta({ id: "PageAnswer", example: pageAnswerExample })

export type PageAnswer = z.infer<typeof pageAnswerSchema>

export const similarAnswerSchema = z
  .object({
    modelVersion: z.uuid().nullable(),
    untrained: untrainedSchema,
    recipe: recipeSchema,
    items: z.array(rankedItemSchema),
  })
  .meta({ id: "SimilarAnswer", example: similarAnswerExample })

export const offerViewSchema = z
  .object({
    id: z.string(),
    title: z.string(),
    content: z.record(z.string(), z.string()),
    contentType: z.enum(["text", "html"]).meta({
      description: "`html`: from a treatment, with escaped variables; `text`: escape it before showing it.",
    }),
    discount: discountSchema.optional(),
    itemId: z.string().optional(),
    item: itemViewSchema.optional(),
    link: z
      .string()
      .optional()
      .meta({ description: "In content: link to the offer's target, which counts the click if `PUBLIC_URL` is set." }),
    items: z.array(rankedItemSchema).optional().meta({
      description:
        "Items that the offer shows: those it is bound to, or, for a recommendation bound to none, those this customer most likely wants.",
    }),
  })
  .meta({ id: "OfferView", example: offerViewExample })

export type OfferView = z.infer<typeof offerViewSchema>

const decidedShape = {
  decisionId: z.uuid().nullable(),
  kind: z.enum([...offerKinds, "nothing"]),
  offer: offerViewSchema.nullable(),
  propensity: z.number().nullable().meta({ description: "P(the customer accepts | offered)." }),
  selectionProbability: z.number().meta({ description: "Probability with which the policy chooses this." }),
  value: z.number().meta({ description: "Score of the decision, in `currency`; 0 for `nothing`." }),
  currency: z.string().meta({ description: "Currency of the decision, that of the shop's settings." }),
  exchangeRate: z
    .object({ from: z.string(), rate: z.number(), date: z.iso.date() })
    .optional()
    .meta({ description: "Rate by which the offer's money was converted, where the offer is in another currency." }),
  reasons: z.array(reasonSchema).meta({
    description:
      "With `explain`: causes that carried the choice, in words for the customer; empty where none did, and without `explain`.",
  }),
  explanation: explanationsSchema
    .optional()
    .meta({ description: "With `explain`, or when degraded: for operators, why this option was chosen." }),
  legalBasis: z.enum(legalBases).nullable().meta({ description: "Legal basis for making the offer on this channel." }),
  policyVersion: z.string(),
  expiresAt: z.iso.datetime().nullable(),
}

export const joinedAnswerSchema = z.object(decidedShape).meta({
  id: "JoinedAnswer",
  description:
    "A recovery that goes with a notice: a decision of its own, to be activated and answered by its own id; else `null`.",
})

export const decideAnswerSchema = z
  .object({
    ...decidedShape,
    customerId: z.uuid().nullable(),
    modelVersion: z.uuid().nullable(),
    untrained: untrainedSchema,
    degraded: z.boolean(),
    joined: joinedAnswerSchema.nullable(),
  })
  .meta({ id: "DecideAnswer", example: decideAnswerExample })

export type DecideReply = z.infer<typeof decideAnswerSchema>

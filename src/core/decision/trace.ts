import { z } from "zod"
import { offerKinds } from "../catalogue/offer.ts"
import { type ExperimentArm, experimentArmSchema } from "../experiment/experiment-schema.ts"
import type { Policy } from "../policy/policy.ts"
import { type ContextAttributes, featuresVersion, loggedFeatures } from "../propensity/decision-features.ts"
import type { AcceptanceCount } from "../propensity/smoothed-rates.ts"
import { type Channel, channels } from "../schema/channel.ts"
import type { Exchange } from "../settings/exchange.ts"
import type { ActionDistribution } from "./arbitrate.ts"
import { type AssignedArm, assignedArmSchema } from "./arm.ts"
import type { Candidate, ItemSpread } from "./candidate.ts"
import { basisOf, legalBases, purposeOf } from "./legal-basis.ts"
import type { Drop } from "./stages.ts"

const termsShape = {
  propensity: z.number().nullable().meta({ description: "P(accept | offered)." }),
  propensitySource: z.enum(["unconditional", "rates", "prior", "network"]).nullable().meta({
    description:
      "`prior`: from orders of this customer and acceptances of the kind; `rates`: from acceptances of the kind alone; `network`: learnt from the shop's outcomes; `unconditional`: nobody accepts or refuses it.",
  }),
  organicPropensity: z
    .number()
    .nullable()
    .meta({ description: "P(accepts the same without the offer); `null` until there are enough data." }),
  value: z.number(),
  valueOrganic: z.number(),
  cost: z.number(),
  fatigue: z.number(),
  context: z.number(),
  lever: z.number(),
  score: z
    .number()
    .meta({ description: "(propensity·value − organicPropensity·valueOrganic − cost − fatigue) × context × lever." }),
}

const priorSchema = z
  .strictObject({
    orders: z.number().meta({ description: "How likely the customer orders within the horizon." }),
    taste: z.number().meta({ description: "How well its items fit the customer's taste and need; 0 without items." }),
    price: z.number().meta({ description: "How well their prices fit those that the customer pays." }),
    response: z.number().meta({ description: "How often offers of the kind are accepted on the channel." }),
  })
  .meta({
    description:
      "Terms of the prior of P(accept | offered): log-odds that add up, the first three against the shop's mean.",
  })

const optionSchema = z.strictObject({
  offerId: z.string().nullable(),
  itemId: z.string().optional(),
  itemIds: z.array(z.string()).optional(),
  bind: z.literal("each").optional().meta({ description: "One of several candidates of its offer, one per item." }),
  kind: z.enum([...offerKinds, "nothing"]),
  ...termsShape,
  prior: priorSchema.optional(),
  reward: z.number().meta({ description: "Score scaled from 0 to 1 within the policy's bounds." }),
  maxProbability: z.number().meta({ description: "Largest probability allowed; below 1 while the offer is new." }),
  probability: z.number(),
  standardProbability: z.number().optional().meta({
    description: "Probability that it would have had in the arm `standard`, where that differs.",
  }),
  legalBasis: z.enum(legalBases).optional().meta({ description: "Legal basis for making the offer on this channel." }),
  features: z.array(z.number()).optional().meta({ description: "Features that its propensity was computed from." }),
})

const dropSchema = z.strictObject({
  offerId: z.string(),
  itemId: z.string().optional(),
  stage: z.string(),
  rule: z.string(),
  reason: z.string(),
  score: z.number().optional().meta({ description: "Present if the candidate reached arbitration." }),
})

/** Everything that is needed to see, replay and evaluate a decision. */
export const decisionTraceSchema = z
  .strictObject({
    /** Basis of the values: `incremental` once the organic propensity of every option is known. */
    basis: z.enum(["propensity", "incremental"]),
    arm: assignedArmSchema.optional(),
    experiment: experimentArmSchema.optional(),
    options: z
      .array(optionSchema)
      .meta({ description: "Options with their selection probabilities; `nothing` first." }),
    dropped: z
      .array(dropSchema)
      .meta({ description: "Candidates of the placement that were dropped, with the reason." }),
    refused: z
      .array(z.strictObject({ key: z.string(), stage: z.string(), rule: z.string(), reason: z.string() }))
      .meta({ description: "Candidates that earlier attempts drew but that could not be reserved." }),
    rewardBounds: z.strictObject({ low: z.number(), high: z.number() }),
    gamma: z.number().nullable(),
    epsilon: z.number().nullable(),
    costFactor: z.number().default(1).meta({
      description: "Share of `explorationCostShare` that exploration could cost; it falls as the model learns.",
    }),
    attempt: z.number().int(),
    seed: z.string(),
    uniform: z.number().min(0).max(1),
    featuresVersion: z.string(),
    contextFeatures: z
      .array(z.number())
      .meta({ description: "Features of the customer and the context, the same for all options." }),
    attributes: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
    rates: z
      .array(
        z.strictObject({
          kind: z.enum(offerKinds),
          channel: z.enum(channels),
          offered: z.number(),
          accepted: z.number(),
        }),
      )
      .meta({ description: "Acceptances by kind on the channel at the time of the decision." }),
    timeZone: z.string(),
    locale: z.string().optional(),
    currency: z.string().optional().meta({ description: "Currency of all money in the trace." }),
    exchangeRates: z
      .strictObject({ date: z.iso.date(), rates: z.record(z.string(), z.number()) })
      .optional()
      .meta({ description: "Rates of other currencies in it, by which offers and items were converted." }),
    trigger: z
      .record(z.string(), z.unknown())
      .optional()
      .meta({ description: "Facts of the trigger that it was made for, without lines and addresses." }),
    joins: z.uuid().optional().meta({ description: "The notice that this recovery joins." }),
    itemSpread: z
      .strictObject({ maxItemShare: z.number(), full: z.array(z.string()) })
      .optional()
      .meta({
        description:
          "In a campaign's export: the largest share of its customers that one item may have, and the items that had theirs and so were left out.",
      }),
    items: z.array(z.string()).optional().meta({ description: "The items shown with an offer that is bound to none." }),
  })
  .meta({ id: "DecisionTrace" })

export type DecisionTrace = z.infer<typeof decisionTraceSchema>
export type TracedOption = DecisionTrace["options"][number]

interface TraceInputs {
  distribution: ActionDistribution
  arm: AssignedArm | undefined
  experiment: ExperimentArm | undefined
  dropped: readonly { candidate: Candidate & { score?: number }; drop: Drop }[]
  refused: readonly DecisionTrace["refused"][number][]
  attempt: number
  seed: string
  uniform: number
  policy: Policy
  contextFeatures: Float32Array
  attributes: ContextAttributes
  counts: readonly AcceptanceCount[]
  timeZone: string
  locale: string | undefined
  trigger: DecisionTrace["trigger"]
  channel: Channel
  joins: string | undefined
  exchange: Exchange | undefined
  itemSpread: ItemSpread | undefined
}

/** The trace of one attempt. */
export function traceOf({
  distribution,
  arm,
  experiment,
  dropped,
  policy,
  contextFeatures,
  counts,
  locale,
  trigger,
  joins,
  exchange,
  itemSpread,
  ...given
}: TraceInputs): DecisionTrace {
  const { options, gamma, epsilon, costFactor } = distribution
  const offered = options.flatMap(({ candidate }) => candidate ?? [])
  const isIncremental = offered.length > 0 && offered.every(({ terms }) => terms.organicPropensity !== null)
  return {
    basis: isIncremental ? "incremental" : "propensity",
    ...(arm && { arm }),
    ...(experiment && { experiment }),
    options: options.map((option) => tracedOption(option, given.channel)),
    dropped: dropped.map(({ candidate, drop: { stage, rule, reason } }) => ({
      offerId: candidate.offer.id,
      ...(candidate.offer.items?.bind === "each" && candidate.item && { itemId: candidate.item.id }),
      stage,
      rule,
      reason,
      ...(candidate.score !== undefined && { score: candidate.score }),
    })),
    refused: given.refused.map(({ key, stage, rule, reason }) => ({ key, stage, rule, reason })),
    rewardBounds: policy.rewardBounds,
    gamma,
    epsilon,
    costFactor,
    attempt: given.attempt,
    seed: given.seed,
    uniform: given.uniform,
    featuresVersion,
    contextFeatures: loggedFeatures(contextFeatures),
    attributes: { ...given.attributes },
    rates: counts.map(({ kind, channel, offered, accepted }) => ({ kind, channel, offered, accepted })),
    timeZone: given.timeZone,
    ...(locale !== undefined && { locale }),
    ...(trigger && { trigger }),
    ...(exchange && { currency: exchange.currency }),
    ...(exchange?.rates && { exchangeRates: exchange.rates }),
    ...(joins !== undefined && { joins }),
    ...(itemSpread && { itemSpread: { maxItemShare: itemSpread.maxItemShare, full: [...itemSpread.full] } }),
  }
}

/** Terms of the option to offer nothing. */
export const nothingTerms = {
  offerId: null,
  kind: "nothing",
  propensity: null,
  propensitySource: null,
  organicPropensity: null,
  value: 0,
  valueOrganic: 0,
  cost: 0,
  fatigue: 0,
  context: 1,
  lever: 1,
  score: 0,
} as const

function tracedOption(
  { candidate, reward, maxProbability, probability, standardProbability }: ActionDistribution["options"][number],
  channel: Channel,
): TracedOption {
  const chances = {
    reward,
    maxProbability,
    probability,
    ...(standardProbability !== undefined && { standardProbability }),
  }
  if (candidate === null) return { ...nothingTerms, ...chances }
  const { offer, item, slots, terms, source, prior, score, features } = candidate
  return {
    offerId: offer.id,
    ...(item && { itemId: item.id }),
    ...(slots && slots.length > 1 && { itemIds: slots.map(({ itemId }) => itemId) }),
    ...(offer.items?.bind === "each" && { bind: "each" as const }),
    kind: offer.kind,
    ...terms,
    propensitySource: source,
    ...(prior && { prior: { ...prior } }),
    score,
    ...chances,
    legalBasis: basisOf[purposeOf(offer, channel)],
    features: loggedFeatures(features),
  }
}

/** Returns the key of an option within its decision, as `keyOf` does for candidates; "" for `nothing`. */
export const keyOfOption = ({ offerId, itemId, bind }: Pick<TracedOption, "offerId" | "itemId" | "bind">): string =>
  offerId === null ? "" : bind === "each" ? `${offerId}\n${itemId}` : offerId

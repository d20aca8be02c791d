import { z } from "zod"
import { offerKinds } from "../../src/core/catalogue/offer.ts"
import { assignedArmSchema } from "../../src/core/decision/arm.ts"
import { acceptances } from "../../src/core/history/outcome.ts"
import { draw } from "../../src/core/measure/draw.ts"
import {
  attributeFeatures,
  type ContextAttributes,
  featuresVersion,
} from "../../src/core/propensity/decision-features.ts"
import { nothingId } from "../../src/core/propensity/propensity-network.ts"
import { isUnconditional as isUnconditionalKind } from "../../src/core/propensity/smoothed-rates.ts"
import type { LoggedDecisionRow } from "../../src/store/decisions/decision-log.ts"
import type { PropensityExample } from "./examples.ts"

/** The parts of a trace that training reads; a decision without them is skipped. */
const learnableSchema = z.object({
  featuresVersion: z.literal(featuresVersion),
  arm: assignedArmSchema.optional(),
  contextFeatures: z.array(z.number()),
  attributes: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
  options: z.array(
    z.object({
      offerId: z.string().nullable(),
      kind: z.enum([...offerKinds, "nothing"]),
      probability: z.number(),
      standardProbability: z.number().optional(),
      prior: z.object({ orders: z.number(), taste: z.number(), price: z.number(), response: z.number() }).optional(),
      features: z.array(z.number()).optional(),
    }),
  ),
  uniform: z.number(),
})

type Learnable = z.infer<typeof learnableSchema>
type Option = Learnable["options"][number]

/** A decision that can be learnt from. */
export interface LearnableDecision {
  row: LoggedDecisionRow
  trace: Learnable
}

/** The decisions whose trace holds features of this version. */
export const learnableDecisions = (rows: readonly LoggedDecisionRow[]): LearnableDecision[] =>
  rows.flatMap((row) => {
    const parsed = learnableSchema.safeParse(row.trace)
    return parsed.success ? [{ row, trace: parsed.data }] : []
  })

/** A value of a fact is a feature from this many decisions on. */
export const minValueCount = 50

/** The facts to learn from: those that are numbers by name, and every value of the others that was seen often enough. */
export function attributeNamesOf(decisions: readonly LearnableDecision[]): string[] {
  const counts = new Map<string, number>()
  for (const { trace } of decisions) {
    for (const [fact, value] of Object.entries(trace.attributes)) {
      const name = typeof value === "string" ? `${fact}=${value}` : fact
      counts.set(name, (counts.get(name) ?? 0) + 1)
    }
  }
  return [...counts].flatMap(([name, count]) => (count >= minValueCount ? [name] : [])).sort()
}

/** Every offer that reached its customer, accepted if that was recorded within the waiting time; without word by then it counts as refused. */
export const offeredExamples = (
  decisions: readonly LearnableDecision[],
  attributeNames: readonly string[],
  waitMs: number,
): PropensityExample[] =>
  decisions.flatMap(({ row, trace }) => {
    const chosen = chosenOption({ row, trace })
    if (chosen === undefined || chosen.offerId === null || !row.reached || isUnconditional(chosen.kind)) return []
    const accepted = row.outcomes.some(({ outcome, at }) => acceptances.includes(outcome) && at <= row.at + waitMs)
    return exampleOf(
      row,
      trace,
      chosen,
      { offerId: chosen.offerId, probability: chosen.probability, accepted },
      attributeNames,
    )
  })

/**
 * Every decision whose draw left open whether to offer anything, with one outcome for both arms: any order within the waiting time. Where the
 * draw fell on `nothing`, the offer it stands against is the one that the same draw finds among the others. A customer of the universal
 * holdout was drawn before, so that their decisions stand for `nothing` too. `probability` is that of offering, or of not offering, among
 * the customers of both arms.
 */
export const randomisedExamples = (
  decisions: readonly LearnableDecision[],
  attributeNames: readonly string[],
): PropensityExample[] =>
  decisions.flatMap(({ row, trace }) => {
    const isHeldOut = trace.arm?.name === "holdout"
    const chanceOf = ({ probability, standardProbability }: Option) =>
      isHeldOut ? (standardProbability ?? probability) : probability
    const nothing = trace.options.find(({ offerId }) => offerId === null)
    const nothingProbability = nothing === undefined ? 0 : chanceOf(nothing)
    const offers = trace.options.filter(({ offerId }) => offerId !== null)
    if (nothingProbability <= 0 || nothingProbability >= 1) return []
    const heldShare = heldOutShare(trace)
    if (row.offerId === null) {
      const counterpart =
        offers[
          draw(
            offers.map((offer) => chanceOf(offer) / (1 - nothingProbability)),
            isHeldOut ? trace.uniform : trace.uniform / nothingProbability,
          )
        ]
      const silent = heldShare + (1 - heldShare) * nothingProbability
      const arm = { offerId: nothingId, probability: silent, accepted: row.ordered }
      return counterpart === undefined ? [] : exampleOf(row, trace, counterpart, arm, attributeNames)
    }
    const chosen = chosenOption({ row, trace })
    if (chosen === undefined || !row.reached || isUnconditional(chosen.kind)) return []
    return exampleOf(
      row,
      trace,
      chosen,
      {
        offerId: row.offerId,
        probability: (1 - heldShare) * (1 - nothingProbability),
        accepted: row.ordered,
      },
      attributeNames,
    )
  })

/** Returns the share of the holdout among its customers and those of the arm `standard`; 0 for a decision in another arm. */
function heldOutShare({ arm }: Learnable): number {
  if (arm === undefined || (arm.name !== "holdout" && arm.name !== "standard")) return 0
  return arm.holdoutShare / (arm.holdoutShare + arm.standardShare)
}

/** The option that the logged draw falls on; none if that is not what was recorded. */
function chosenOption({ row, trace: { options, uniform } }: LearnableDecision): Option | undefined {
  const probabilities = options.map(({ probability }) => probability)
  const chosen = options[draw(probabilities, uniform)]
  return chosen?.offerId === row.offerId ? chosen : undefined
}

const isUnconditional = (kind: Option["kind"]) => kind !== "nothing" && isUnconditionalKind(kind)

function exampleOf(
  { customerId, at, channel }: LoggedDecisionRow,
  { contextFeatures, attributes }: Learnable,
  { kind, features, prior }: Option,
  arm: Pick<PropensityExample, "offerId" | "probability" | "accepted">,
  attributeNames: readonly string[],
): PropensityExample[] {
  if (features === undefined) return []
  const row = Float32Array.from([
    ...contextFeatures,
    ...attributeFeatures(attributes as ContextAttributes, attributeNames),
    ...features,
  ])
  return [{ customerId, at, channel, features: row, kind: arm.offerId === nothingId ? "nothing" : kind, prior, ...arm }]
}
